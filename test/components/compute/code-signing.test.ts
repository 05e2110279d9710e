import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { CodeSigning } from "../../../components/compute/code-signing.ts";
import type { Provider } from "../../../local/deploy/provider.ts";
import { runProgram } from "../../../local/deploy/run-program.ts";
import { offlineProvider } from "../../../local/provider/offline.ts";
import { parts } from "../parts.ts";
import { place } from "../place.ts";

/** A file that exists; nothing unpacks it. */
const code = new pulumi.asset.FileArchive(import.meta.filename);

/** Tells the version of an object, as a bucket that keeps versions does. */
const versioning: Provider = {
  ...offlineProvider(),
  async create(resource) {
    const { id, outputs } = await offlineProvider().create(resource);
    return { id, outputs: resource.type === "aws:s3/bucketObjectv2:BucketObjectv2" ? { ...outputs, versionId: `version-of-${outputs["key"]}` } : outputs };
  },
};

async function signTwo() {
  const { resources, outputs } = await runProgram(
    () => {
      const opts = { provider: new aws.Provider("account", { region: "us-east-1", allowedAccountIds: [place.accountId] }) };
      const signing = new CodeSigning("code-signing", { place: { ...place, stack: "unit-b" }, bucket: parts(opts).lake.models }, opts);
      return { admit: signing.sign("prepare-admit", code), gate: signing.sign("prepare-decide-gate", code) };
    },
    { project: "svp", stack: "unit", config: {}, provider: versioning, outputsOf: async () => ({}) },
  );
  return { outputs, one: (name: string) => resources.find((resource) => resource.name === name && resource.type.startsWith("aws:"))! };
}

describe("CodeSigning", () => {
  let stack: Awaited<ReturnType<typeof signTwo>>;
  before(async () => {
    stack = await signTwo();
  });
  const bucket = "svp-unit-111111111111-models";

  it("lets Lambda run nothing but what its own profile signed", () => {
    const profile = stack.one("code-signing-profile");
    expect(profile.inputs).to.deep.equal({ namePrefix: "svp_unit_b_code_signing_", platformId: "AWSLambda-SHA384-ECDSA" });
    expect(profile.outputs["name"]).to.match(/^[0-9A-Za-z_]{2,64}$/);
    expect(stack.one("code-signing").inputs).to.deep.equal({
      description: "Only code that this stack has signed",
      allowedPublishers: { signingProfileVersionArns: [profile.outputs["versionArn"]] },
      policies: { untrustedArtifactOnDeployment: "Enforce" },
    });
  });

  it("puts the code into the bucket, encrypted with the bucket's key", () => {
    const { inputs, parent } = stack.one("code-signing-prepare-admit-code");
    expect(inputs).to.deep.include({ bucket, key: "code/unsigned/prepare-admit.zip", kmsKeyId: stack.one("keys-models").outputs["arn"] });
    expect(parent).to.match(/svp:compute:CodeSigning::code-signing$/);
  });

  it("signs the very version that it put there", () => {
    const job = stack.one("code-signing-prepare-admit-signature");
    expect(job.inputs).to.deep.equal({
      profileName: stack.one("code-signing-profile").outputs["name"],
      source: { s3: { bucket, key: "code/unsigned/prepare-admit.zip", version: "version-of-code/unsigned/prepare-admit.zip" } },
      destination: { s3: { bucket, prefix: "code/signed/" } },
    });
  });

  it("gives each function the signed object of its own, and the demand for a signature", () => {
    const { admit, gate } = stack.outputs as Record<string, Record<string, string>>;
    const job = stack.one("code-signing-prepare-admit-signature");
    expect(admit).to.deep.equal({
      s3Bucket: bucket,
      s3Key: `code/signed/${job.outputs["jobId"]}.zip`,
      codeSigningConfigArn: stack.one("code-signing").outputs["arn"],
    });
    expect(gate?.["s3Key"]).not.to.equal(admit?.["s3Key"]);
  });
});
