import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { SageMakerBranch } from "../../../components/analysis/sagemaker-branch.ts";
import type { Analyser } from "../../../contracts/model.ts";
import { catalogue, detector, image, jobNetwork, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

const large: Analyser = {
  ...{ id: "large", mode: "endpoint", models: [detector.id], required: false, sampleRate: 1, signals: false },
  ...{ instanceType: "ml.g5.xlarge", instances: 4, timeoutSeconds: 3600 },
};
const make = (...more: Analyser[]) =>
  inAccount((opts) => {
    const { settings, lake } = parts(opts);
    const branch = new SageMakerBranch(
      "sagemaker",
      { settings, lake, catalogue: { ...catalogue, analysers: [...catalogue.analysers, ...more] }, image, network: jobNetwork, pollSeconds: 45 },
      opts,
    );
    return { statements: branch.statements, asksEndpoints: branch.segments !== undefined };
  });

describe("SageMakerBranch", () => {
  it("makes neither endpoint nor function where every analyser is a job", async () => {
    const stack = await make();
    expect(stack.outputs["asksEndpoints"]).to.equal(false);
    expect([...stack.ofType(aws.sagemaker.Endpoint), ...stack.ofType(aws.lambda.Function)]).to.deep.equal([]);
  });

  it("makes an endpoint for an analyser that has one, and functions that may ask it and no more", async () => {
    const stack = await make(large);
    const arn = "arn:aws:sagemaker:us-east-1:111111111111:endpoint/svp-unit-segments-large-g5-xlarge";
    expect(stack.one(aws.sagemaker.Endpoint, "segments-large").inputs["name"]).to.equal("svp-unit-segments-large-g5-xlarge");
    expect(stack.one(aws.appautoscaling.Target, "segments-large-scaling").inputs).to.include({ minCapacity: 0, maxCapacity: 4 });
    const policy = (name: string) => statements(stack.one(aws.iam.RolePolicy, `${name}-role-policy`).inputs["policy"]);
    const infer = policy("analyse-infer-segments");
    expect(infer["Ask0"]).to.deep.include({ Action: ["sagemaker:InvokeEndpointAsync"], Resource: [arn] });
    expect(infer["KeepRequests"].Resource).to.deep.equal(["arn:aws:s3:::svp-unit-111111111111-processed/analysis-results/*"]);
    expect(stack.ofType(aws.lambda.Function).map(({ name }) => name)).to.have.members(["analyse-infer-segments", "analyse-collect-segments"]);
    const collect = policy("analyse-collect-segments");
    expect(collect["ReadModels"]).to.deep.include({ Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::svp-unit-111111111111-models/models/*"] });
    expect(JSON.stringify(collect)).not.to.contain("sagemaker:");
    const allowed = (stack.outputs["statements"] as { Sid: string }[]).map(({ Sid }) => Sid);
    expect(allowed).to.have.members(["InferSegments", "CollectSegments", "RunProcessingJobs", "PassJobRole"]);
  });

  it("makes a model for transform jobs, run by a role that reads segments and keeps answers, in the network of jobs", async () => {
    const stack = await make({ ...large, id: "nightly", mode: "transform" });
    const model = stack.one(aws.sagemaker.Model, "sagemaker-transform").inputs;
    expect(model).to.deep.include({ enableNetworkIsolation: true, vpcConfig: { subnets: ["subnet-a", "subnet-b"], securityGroupIds: ["sg-jobs"] } });
    const role = statements(stack.one(aws.iam.RolePolicy, "sagemaker-transform-role-policy").inputs["policy"]);
    expect(role["ReadSegments"].Resource).to.deep.equal(["arn:aws:s3:::svp-unit-111111111111-processed/processed-videos/*"]);
    expect(role["KeepAnswers"].Resource).to.deep.equal(["arn:aws:s3:::svp-unit-111111111111-processed/analysis-results/*"]);
    expect(stack.one(aws.cloudwatch.LogGroup, "sagemaker-transform-log").inputs["name"]).to.equal("/aws/sagemaker/TransformJobs");
    expect(stack.ofType(aws.sagemaker.Endpoint)).to.deep.equal([]);
    expect(stack.ofType(aws.lambda.Function).map(({ name }) => name)).to.have.members(["analyse-plan-transform", "analyse-collect-segments"]);
    const allowed = Object.fromEntries((stack.outputs["statements"] as { Sid: string; Action: string[]; Resource: string[] }[]).map((one) => [one.Sid, one]));
    expect(Object.keys(allowed)).to.have.members(["CollectSegments", "PlanTransform", "RunTransformJobs", "RunProcessingJobs", "PassJobRole"]);
    expect(allowed["RunTransformJobs"]).to.deep.include({
      Action: ["sagemaker:AddTags", "sagemaker:CreateTransformJob", "sagemaker:DescribeTransformJob", "sagemaker:StopTransformJob"],
      Resource: ["arn:aws:sagemaker:us-east-1:111111111111:transform-job/svp-*"],
    });
  });
});
