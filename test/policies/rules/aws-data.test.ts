import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { evaluatePolicies } from "../../../local/deploy/policy/in-process.ts";
import { unknownValue } from "../../../local/deploy/values.ts";
import { egress } from "../../../policies/data/egress-hosts.ts";
import { looksPersonal, soundsPersonal } from "../../../policies/data/phi-patterns.ts";
import { dataGoToAssociatesOnly } from "../../../policies/rules/aws/data-go-to-associates-only.ts";
import { dataStayInTheirEnvironment } from "../../../policies/rules/aws/data-stay-in-their-environment.ts";
import { metadataIdentifiesNobody } from "../../../policies/rules/aws/metadata-identifies-nobody.ts";
import { resourceNamesKnownAccounts } from "../../../policies/rules/aws/resource-names-known-accounts.ts";
import { resourceSaysWhoseItIs } from "../../../policies/rules/aws/resource-says-whose-it-is.ts";
import { applications, violations } from "../../support/policies.ts";
import { deploymentOf } from "../../support/programs.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const all = { project: "svp", environment: "unit", owner: "team@example.org", "cost-center": "research", "data-classification": "phi" };
const bucket =
  (tags?: Record<string, string>, bucketName?: string, name = "b"): Program =>
  (opts) =>
    new aws.s3.Bucket(name, { ...(tags && { tags }), ...(bucketName && { bucket: bucketName }) }, opts);
const tagged =
  (tags: Record<string, string>, own?: Record<string, string>): Program =>
  () => {
    const provider = new aws.Provider("tagged", { region: "us-east-1", allowedAccountIds: ["222222222222"], defaultTags: { tags } });
    bucket(own)({ provider });
  };
const fn =
  (variables: Record<string, string>): Program =>
  (opts) =>
    new aws.lambda.Function("f", { role: "arn:aws:iam::111111111111:role/f", environment: { variables } }, opts);
const unlisted = (host: string, path: string, name = "f") => `"${name}" names ${host} in ${path}, with whom there is no business associate contract.`;
const environment = (name: string) => `environment.variables.${name}`;
const { owner: _, project: __, ...some } = all;

describe("rules for all of AWS: data", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [resourceSaysWhoseItIs, "accepts tags of the provider", tagged(all)],
    [resourceSaysWhoseItIs, "accepts tags of its own", bucket(all)],
    [resourceSaysWhoseItIs, "accepts tags of both", tagged(some, { owner: "somebody", project: "svp" })],
    [resourceSaysWhoseItIs, "refuses a gap", tagged(some, { project: "" }), '"b" lacks owner, project; its tags, or its provider\'s, must say them.'],
    [
      resourceSaysWhoseItIs,
      "refuses none",
      bucket(),
      '"b" lacks cost-center, data-classification, environment, owner, project; its tags, or its provider\'s, must say them.',
    ],
    [
      resourceSaysWhoseItIs,
      "refuses other words",
      tagged(all, { "data-classification": "public", environment: "prod" }),
      '"b" has data-classification public; it must be phi, synthetic, audit, none.',
      '"b" has environment prod; it must be unit.',
    ],
    [dataStayInTheirEnvironment, "accepts everything unless told otherwise", bucket()],
    [
      resourceNamesKnownAccounts,
      "accepts the account itself, and AWS's own policies",
      fn({ A: "arn:aws:sns:us-east-1:111111111111:t", B: "arn:aws:iam::aws:policy/ReadOnlyAccess" }),
    ],
    [
      resourceNamesKnownAccounts,
      "accepts another account of the stack",
      (opts) => [tagged(all)(opts), fn({ A: "arn:aws:s3:us-east-1:222222222222:accesspoint/a" })(opts)],
    ],
    [
      resourceNamesKnownAccounts,
      "refuses a stranger in an ARN",
      fn({ A: "arn:aws:sns:us-east-1:999999999999:t" }),
      '"f" names account 999999999999 in environment.variables.A; it must be one of 111111111111.',
    ],
    [
      resourceNamesKnownAccounts,
      "refuses a stranger in a policy",
      (opts) =>
        new aws.sqs.QueuePolicy(
          "p",
          { queueUrl: "q", policy: JSON.stringify({ Statement: [{ Principal: { AWS: "arn:aws:iam::999999999999:root" } }] }) },
          opts,
        ),
      '"p" names account 999999999999 in policy; it must be one of 111111111111.',
    ],
    [
      resourceNamesKnownAccounts,
      "refuses a stranger by number",
      (opts) => new aws.guardduty.OrganizationAdminAccount("g", { adminAccountId: "999999999999" }, opts),
      '"g" names account 999999999999 in adminAccountId; it must be one of 111111111111.',
    ],
    [resourceNamesKnownAccounts, "does not take other numbers for accounts", fn({ N: "999999999999" })],
    [metadataIdentifiesNobody, "accepts opaque names", bucket(all, "svp-raw-222222222222")],
    [
      metadataIdentifiesNobody,
      "refuses a name, a bucket and tags that identify",
      bucket({ note: "SSN 123-45-6789", "patient-name": "x", "a@example.org": "y" }, "mrn-0012345-videos", "patient-id-7"),
      "A resource of type aws:s3/bucket:Bucket is named by what identifies a person; its name must be opaque.",
      '"patient-id-7" has a tag for what identifies a person; tags must be about the resource.',
      '"patient-id-7" has a tag for what identifies a person; tags must be about the resource.',
      '"patient-id-7" holds what identifies a person in a tag; it must be opaque.',
      '"patient-id-7" holds what identifies a person in bucket; it must be opaque.',
    ],
    [
      metadataIdentifiesNobody,
      "refuses a description that identifies, and reads nothing else",
      (opts) => new aws.kms.Key("k", { description: "Call (555) 123-4567", policy: "a@example.org" }, opts),
      '"k" holds what identifies a person in description; it must be opaque.',
    ],
    [
      dataGoToAssociatesOnly,
      "accepts AWS",
      fn({
        URL: "https://sqs.us-east-1.amazonaws.com/1/q",
        LOGIN: "https://a.auth.us-east-1.amazoncognito.com",
        BUCKET: "raw",
        ISSUER: "https://token.actions.githubusercontent.com",
      }),
    ],
    [dataGoToAssociatesOnly, "refuses another host", fn({ URL: "https://hooks.example.com/x" }), unlisted("hooks.example.com", environment("URL"))],
    [
      dataGoToAssociatesOnly,
      "refuses a host that only looks like AWS",
      fn({ URL: "https://amazonaws.com.example.com" }),
      unlisted("amazonaws.com.example.com", environment("URL")),
    ],
    [
      dataGoToAssociatesOnly,
      "refuses a host behind a name",
      fn({ URL: "amqps://sqs.amazonaws.com@example.com/x" }),
      unlisted("example.com", environment("URL")),
    ],
    [dataGoToAssociatesOnly, "refuses a service by its address", fn({ URL: "https://api.openai.com/v1" }), unlisted("api.openai.com", environment("URL"))],
    [dataGoToAssociatesOnly, "refuses a service by its name", fn({ TRACKER: "wandb" }), unlisted("wandb", environment("TRACKER"))],
    [dataGoToAssociatesOnly, "refuses a service by the name of its key", fn({ OPENAI_API_KEY: "k" }), unlisted("openai", environment("OPENAI_API_KEY"))],
    [dataGoToAssociatesOnly, "takes an open model that AWS runs for AWS's", fn({ MODEL_ID: "openai.gpt-oss-120b-1:0" })],
    [dataGoToAssociatesOnly, "refuses a model that is none of those", fn({ MODEL_ID: "openai.gpt-9" }), unlisted("openai", environment("MODEL_ID"))],
    [dataGoToAssociatesOnly, "does not take a word for a service", fn({ TEXT: "coherent, slackened and sentry" })],
    [
      dataGoToAssociatesOnly,
      "refuses a subscription",
      (opts) =>
        new aws.sns.TopicSubscription("s", { topic: "arn:aws:sns:us-east-1:111111111111:t", protocol: "https", endpoint: "https://example.com/in" }, opts),
      unlisted("example.com", "endpoint", "s"),
    ],
    [
      dataGoToAssociatesOnly,
      "refuses a task that calls an address",
      (opts) =>
        new aws.sfn.StateMachine(
          "m",
          {
            roleArn: "arn:aws:iam::111111111111:role/m",
            definition: JSON.stringify({
              States: { Call: { Type: "Task", Resource: "arn:aws:states:::http:invoke", Arguments: { ApiEndpoint: "https://example.com" } } },
            }),
          },
          opts,
        ),
      unlisted("example.com", "definition", "m"),
    ],
    [
      dataGoToAssociatesOnly,
      "lets pages come in",
      (opts) =>
        new aws.s3.BucketCorsConfiguration(
          "c",
          { bucket: "raw", corsRules: [{ allowedMethods: ["PUT"], allowedOrigins: ["https://review.example.org"] }] },
          opts,
        ),
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect((await violations(rule, program)).sort()).to.deep.equal(messages.sort()));

  it("keep patients' data, and what does not say whose it is, out of where they are not allowed", async () => {
    const config = { [dataStayInTheirEnvironment.name]: { classifications: ["synthetic", "none"] } };
    for (const [tags, found] of [
      [undefined, "phi"],
      [{ "data-classification": "phi" }, "phi"],
      [{ "data-classification": "typo" }, "phi"],
      [{ "data-classification": "audit" }, "audit"],
    ] as const)
      expect(await violations(dataStayInTheirEnvironment, bucket(tags), config)).to.deep.equal([
        `"b" may hold data of class ${found}; here it must be synthetic or none.`,
      ]);
    for (const classification of ["synthetic", "none"])
      expect(await violations(dataStayInTheirEnvironment, bucket({ "data-classification": classification }), config)).to.deep.equal([]);
  });

  it("let data go to an associate until the contract ends, and to the organisation's own hosts", async () => {
    const associates = egress.associates as { host: string; who: string; contract: string; until: string }[];
    const program = fn({ URL: "https://api.example.com", OPENAI_URL: "https://eu.api.openai.com" });
    associates.push(
      { host: "api.example.com", who: "Example", contract: "1", until: "9999-12-31" },
      { host: ".openai.com", who: "O", contract: "2", until: "9999-12-31" },
    );
    try {
      expect(await violations(dataGoToAssociatesOnly, program)).to.deep.equal([]);
      associates[0]!.until = "2020-01-01";
      expect(await violations(dataGoToAssociatesOnly, program)).to.deep.equal([unlisted("api.example.com", environment("URL"))]);
    } finally {
      associates.splice(0);
    }
    expect(await violations(dataGoToAssociatesOnly, program, { [dataGoToAssociatesOnly.name]: { own: [".example.com", ".openai.com"] } })).to.deep.equal([]);
    const named = fn({ VENDOR: "OpenAI" });
    expect(await violations(dataGoToAssociatesOnly, named, { [dataGoToAssociatesOnly.name]: { own: [".openai.com"] } })).to.deep.equal([]);
  });

  it("leave out what a preview does not know, and still read the rest", async () => {
    const deployment = await deploymentOf(fn({ ARN: "arn", URL: "https://example.com" }));
    const resources = deployment.resources.map((resource) =>
      resource.name === "f"
        ? { ...resource, inputs: { role: unknownValue, environment: { variables: { ARN: unknownValue, URL: "https://example.com" } } } }
        : resource,
    );
    const { findings } = await evaluatePolicies([dataGoToAssociatesOnly], { ...deployment, resources });
    expect(findings.map(({ message }) => message)).to.deep.equal([unlisted("example.com", environment("URL"))]);
  });

  it("take other settings from the configuration", async () => {
    const other = fn({ A: "arn:aws:sns:us-east-1:999999999999:t" });
    expect(await violations(resourceNamesKnownAccounts, other, { [resourceNamesKnownAccounts.name]: { accounts: ["999999999999"] } })).to.deep.equal([]);
    expect(await applications(resourceNamesKnownAccounts, () => new aws.Provider("p", { region: "us-east-1" }))).to.equal(0);
    expect(await violations(resourceSaysWhoseItIs, bucket({ team: "x" }), { [resourceSaysWhoseItIs.name]: { tags: ["team"] } })).to.deep.equal([]);
    expect(
      await violations(metadataIdentifiesNobody, bucket({ by: "a@example.org" }), { [metadataIdentifiesNobody.name]: { exceptTags: ["by"] } }),
    ).to.deep.equal([]);
  });

  it("know what identifies a person from what does not", () => {
    for (const text of [
      "123-45-6789",
      "a.b@example.org",
      "MRN: 0012345",
      "mrn_0012345",
      "DOB 1970-01-31",
      "born on 1/31/1970",
      "+1 555 123 4567",
      "(555) 123-4567",
    ])
      expect(looksPersonal(text), text).to.equal(true);
    for (const text of ["222222222222", "svp-prod-333333333333-raw", "2021-06-01", "vpc-0123456789", "10.10.0.0/16", "v1.2.3"])
      expect(looksPersonal(text), text).to.equal(false);
    for (const name of ["patientName", "patient_id", "DOB", "date-of-birth", "mrn", "surname", "medicalRecordNumber"])
      expect(soundsPersonal(name), name).to.equal(true);
    for (const name of ["patients", "processed", "lesson", "modelName", "doberman", "name"]) expect(soundsPersonal(name), name).to.equal(false);
  });
});
