import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { SageMakerBranch } from "../../../components/analysis/sagemaker-branch.ts";
import type { Analyser } from "../../../contracts/model.ts";
import { catalogue, detector, image, jobNetwork, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

const large: Analyser = {
  ...{ id: "large", mode: "endpoint", endpoint: "asynchronous", models: [detector.id], required: false, sampleRate: 1, signals: false },
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
    const endpoints = branch.endpoints.map(({ kind, endpoint, models }) => ({ kind, models, name: endpoint.endpointName, renewable: endpoint.renewable.key }));
    return { statements: branch.statements, asksEndpoints: branch.segments !== undefined, endpoints };
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
    expect(infer).not.to.have.property("ReadSegments");
    expect(infer["KeepRequests"].Resource).to.deep.equal(["arn:aws:s3:::svp-unit-111111111111-processed/analysis-results/*"]);
    expect(stack.ofType(aws.lambda.Function).map(({ name }) => name)).to.have.members(["analyse-infer-segments", "analyse-collect-segments"]);
    const collect = policy("analyse-collect-segments");
    expect(collect["ReadModels"]).to.deep.include({ Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::svp-unit-111111111111-models/models/*"] });
    expect(JSON.stringify(collect)).not.to.contain("sagemaker:");
    const allowed = (stack.outputs["statements"] as { Sid: string }[]).map(({ Sid }) => Sid);
    expect(allowed).to.have.members(["InferSegments", "CollectSegments", "RunProcessingJobs", "PassJobRole"]);
  });

  it("makes one that answers at once for an analyser that says so, and a function that may read segments and ask that one", async () => {
    const stack = await make(large, { ...large, id: "prompt", endpoint: "real-time", minimumInstances: 2 });
    const name = "svp-unit-segments-prompt-g5-xlarge";
    expect(stack.one(aws.sagemaker.Endpoint, "segments-prompt").inputs["name"]).to.equal(name);
    expect(stack.one(aws.sagemaker.EndpointConfiguration, "segments-prompt-configuration").inputs).not.to.have.any.keys(
      "asyncInferenceConfig",
      "dataCaptureConfig",
    );
    expect(stack.one(aws.sagemaker.Model, "segments-prompt-model").inputs).to.include({ enableNetworkIsolation: true });
    expect(stack.one(aws.appautoscaling.Target, "segments-prompt-scaling").inputs).to.include({ minCapacity: 2, maxCapacity: 4 });
    expect(stack.one(aws.appautoscaling.Policy, "segments-prompt-scaling-policy").inputs["targetTrackingScalingPolicyConfiguration"]).to.include({
      targetValue: 2,
    });
    const policy = (role: string) => statements(stack.one(aws.iam.RolePolicy, `${role}-policy`).inputs["policy"]);
    // It reads and writes nothing of a case: who asks does.
    expect(JSON.stringify(policy("segments-prompt-model-role"))).not.to.contain("svp-unit-111111111111-processed");
    const infer = policy("analyse-infer-segments-role");
    expect(infer["ReadSegments"]).to.deep.include({
      ...{ Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::svp-unit-111111111111-processed/processed-videos/*"] },
    });
    expect(infer["Ask0"].Action).to.deep.equal(["sagemaker:InvokeEndpointAsync"]);
    expect(infer["Ask1"]).to.deep.include({
      ...{ Action: ["sagemaker:InvokeEndpoint"], Resource: [`arn:aws:sagemaker:us-east-1:111111111111:endpoint/${name}`] },
    });
    expect(stack.outputs["endpoints"]).to.deep.equal([
      { kind: "asynchronous", models: [detector.id], name: "svp-unit-segments-large-g5-xlarge", renewable: "segments-large" },
      { kind: "real-time", models: [detector.id], name, renewable: "segments-prompt" },
    ]);
  });

  it("makes a model for transform jobs, run by a role that reads segments and keeps answers, in the network of jobs", async () => {
    const stack = await make({ ...large, endpoint: undefined, id: "nightly", mode: "transform" });
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
