import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { LabellingJob, type LabellingJobArgs } from "../../../components/learning/labelling-job.ts";
import { peopleWorkInPrivateTeams } from "../../../policies/rules/sagemaker/people-work-in-private-teams.ts";
import { peopleWriteEncryptedOutput } from "../../../policies/rules/sagemaker/people-write-encrypted-output.ts";
import { failure } from "../../support/failure.ts";
import { violations } from "../../support/policies.ts";
import { parts } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";

const workteamArn = "arn:aws:sagemaker:us-east-1:111111111111:workteam/private-crowd/svp-unit-experts-team";
const files = { manifest: "labelling/tools.manifest", categories: "labelling/classes.json", template: "labelling/boxes.liquid.html" };
const program =
  (change: Partial<LabellingJobArgs> = {}) =>
  (opts: Parameters<typeof parts>[0]) => {
    const { lake } = parts(opts);
    const told = { title: "Adjust instruments", description: "Move each box so that it just holds its instrument." };
    new LabellingJob("tools", { place, datasets: lake.datasets, workteamArn, files, peoplePerPicture: 2, ...told, ...change }, opts);
  };

describe("LabellingJob", () => {
  it("asks our own experts to adjust the boxes, and encrypts what they say", async () => {
    const stack = await inAccount(program());
    const { humanTaskConfig, outputConfig, inputConfig, labelAttributeName } = stack.one(aws.sagemaker.LabelingJob, "tools").inputs as Record<string, never>;
    expect(humanTaskConfig).to.deep.include({
      ...{ workteamArn, numberOfHumanWorkersPerDataObject: 2 },
      preHumanTaskLambdaArn: "arn:aws:lambda:us-east-1:432418664414:function:PRE-AdjustmentBoundingBox",
      annotationConsolidationConfig: { annotationConsolidationLambdaArn: "arn:aws:lambda:us-east-1:432418664414:function:ACS-AdjustmentBoundingBox" },
    });
    expect(humanTaskConfig).not.to.have.property("publicWorkforceTaskPrice");
    expect(JSON.stringify(inputConfig)).to.match(/labelling\/tools\.manifest/);
    expect(JSON.stringify(outputConfig)).to.match(/kmsKeyId.*labelling\/answers\//);
    expect(labelAttributeName).to.equal("adjusted-boxes");
  });

  it("lets the job read pictures and write answers, and nothing that says whom they show", async () => {
    const stack = await inAccount(program());
    const granted = Object.values(statements(stack.one(aws.iam.RolePolicy, "tools-role-policy").inputs["policy"]))
      .flatMap(({ Action, Resource }) => [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${resource}`)))
      .filter((grant) => /^s3:(Get|Put)/.test(grant))
      .map((grant) => grant.replace(/arn:aws:s3:::[^/]*\//, ""));
    expect(granted.sort()).to.deep.equal(["s3:GetObject datasets/*", "s3:GetObject labelling/*", "s3:PutObject labelling/*"]);
  });

  it("is what the policies ask of labelling", async () => {
    const { inputs } = (await inAccount(program())).one(aws.sagemaker.LabelingJob, "tools");
    const again = (change: object) => (opts: { provider: aws.Provider }) =>
      new aws.sagemaker.LabelingJob("tools", { ...(inputs as unknown as aws.sagemaker.LabelingJobArgs), ...change }, opts);
    for (const rule of [peopleWorkInPrivateTeams, peopleWriteEncryptedOutput]) expect(await violations(rule, again({}))).to.deep.equal([]);
    const crowd = "arn:aws:sagemaker:us-east-1:394669845002:workteam/public-crowd/default";
    expect(
      await violations(peopleWorkInPrivateTeams, again({ humanTaskConfig: { ...(inputs["humanTaskConfig"] as object), workteamArn: crowd } })),
    ).to.have.length(1);
  });

  it("refuses a Region without Ground Truth, files elsewhere, and too many people", async () => {
    const error = async (change: Partial<LabellingJobArgs>) => (await failure(inAccount(program(change)))).message;
    expect(await error({ place: { ...place, region: "eu-north-1" } })).to.contain("must be a Region that has Ground Truth");
    expect(await error({ files: { ...files, template: "datasets/x.html" } })).to.contain(
      'must lie below labelling/, where template does not: "datasets/x.html".',
    );
    expect(await error({ peoplePerPicture: 10 })).to.contain("must be 1 to 9, not 10.");
  });
});
