import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { CaseReport } from "../../../components/analysis/case-report.ts";
import type { OwnModel } from "../../../components/analysis/language-model-endpoint.ts";
import { failure } from "../../support/failure.ts";
import { alertTopicArn, jobNetwork, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

const image = {
  uri: `444444444444.dkr.ecr.us-east-1.amazonaws.com/svp/language-model@sha256:${"0".repeat(64)}`,
  repositoryArn: "arn:aws:ecr:us-east-1:444444444444:repository/svp/language-model",
};
const make = (changes: Partial<OwnModel> = {}) =>
  inAccount((opts) => {
    const { settings, keys, lake, table } = parts(opts);
    const model = { version: "2", instanceType: "ml.g5.2xlarge", instances: 2, contextTokens: 24_576, ...changes } as const;
    const route = { kind: "sagemaker", modelId: "surgical-vlm", model, image, network: jobNetwork } as const;
    new CaseReport("case-report", { settings, keys, lake, table, drafter: { route, maxRedrafts: 1, pictures: 6 } }, opts);
  });
const name = "case-report-model-endpoint";
const endpointName = `svp-unit-${name}-g5-2xlarge`;
const endpointArn = `arn:aws:sagemaker:us-east-1:111111111111:endpoint/${endpointName}`;

describe("CaseReport with a language model of the organisation's own", () => {
  let stack: Awaited<ReturnType<typeof inAccount>>;
  before(async () => {
    stack = await make();
  });

  it("serves one version's folder without the internet, tells the server to fetch, report and log nothing, and how much it is asked", () => {
    expect(stack.one(aws.sagemaker.Model, `${name}-model`).inputs).to.deep.equal({
      executionRoleArn: `arn:aws:iam::111111111111:role/svp-unit-${name}-model-role`,
      enableNetworkIsolation: true,
      vpcConfig: { subnets: ["subnet-a", "subnet-b"], securityGroupIds: ["sg-jobs"] },
      primaryContainer: {
        image: image.uri,
        environment: {
          SM_VLLM_MODEL: "/opt/ml/model",
          SM_VLLM_SERVED_MODEL_NAME: "surgical-vlm",
          SM_VLLM_MAX_MODEL_LEN: "24576",
          SM_VLLM_LIMIT_MM_PER_PROMPT: '{"image":8}',
          HF_HUB_OFFLINE: "1",
          TRANSFORMERS_OFFLINE: "1",
          VLLM_NO_USAGE_STATS: "1",
          OPT_OUT_TRACKING: "true",
          VLLM_LOGGING_LEVEL: "WARNING",
        },
        modelDataSource: {
          s3DataSources: [{ s3Uri: "s3://svp-unit-111111111111-models/language-models/surgical-vlm/2/", s3DataType: "S3Prefix", compressionType: "None" }],
        },
      },
    });
  });

  it("lets its container read that folder and write its log, and nothing else", () => {
    const granted = statements(stack.one(aws.iam.RolePolicy, `${name}-model-role-policy`).inputs["policy"]);
    const bucket = "arn:aws:s3:::svp-unit-111111111111-models";
    expect(Object.keys(granted)).to.deep.equal([
      ...["ReadModels", "ReadModelsKey", "ListModels", "SignInToRegistry", "PullImage"],
      ...["CreateInterfaces", "HandInterfacesOver", "LookAtNetwork", "WriteLog"],
    ]);
    expect(granted["ReadModels"]).to.deep.equal({ Effect: "Allow", Action: ["s3:GetObject"], Resource: [`${bucket}/language-models/surgical-vlm/2/*`] });
    expect(granted["ListModels"]).to.deep.equal({
      ...{ Effect: "Allow", Action: ["s3:ListBucket"], Resource: [bucket] },
      Condition: { StringLike: { "s3:prefix": "language-models/surgical-vlm/2/*" } },
    });
    expect(granted["PullImage"].Resource).to.deep.equal([image.repositoryArn]);
    expect(granted["WriteLog"].Resource).to.deep.equal([`arn:aws:logs:us-east-1:111111111111:log-group:/aws/sagemaker/Endpoints/${endpointName}:*`]);
  });

  it("runs on GPUs whose disks encrypt themselves, copies nothing of what it is shown, and waits for the model to load", () => {
    expect(stack.one(aws.sagemaker.EndpointConfiguration, `${name}-configuration`).inputs).to.deep.equal({
      productionVariants: [
        {
          variantName: "current",
          instanceType: "ml.g5.2xlarge",
          initialInstanceCount: 2,
          initialVariantWeight: 1,
          modelDataDownloadTimeoutInSeconds: 1800,
          containerStartupHealthCheckTimeoutInSeconds: 1800,
          inferenceAmiVersion: "al2-ami-sagemaker-inference-gpu-3-1",
          modelName: stack.one(aws.sagemaker.Model, `${name}-model`).outputs["name"],
        },
      ],
    });
    expect(stack.ofType(aws.appautoscaling.Target)).to.deep.equal([]);
  });

  it("tells of failures and of answers that take as long as SageMaker waits, and takes an update back for them", () => {
    const alarms = stack.ofType(aws.cloudwatch.MetricAlarm).filter(({ inputs }) => inputs["namespace"] === "AWS/SageMaker");
    expect(alarms.map(({ inputs: { metricName, threshold, alarmActions } }) => [metricName, threshold, alarmActions])).to.deep.equal([
      ["Invocation5XXErrors", 0, [alertTopicArn]],
      ["ModelLatency", 55_000_000, [alertTopicArn]],
    ]);
    const { deploymentConfig } = stack.one(aws.sagemaker.Endpoint, name).inputs as {
      deploymentConfig: { autoRollbackConfiguration: { alarms: { alarmName: string }[] } };
    };
    expect(deploymentConfig.autoRollbackConfiguration.alarms).to.deep.equal([
      { alarmName: `${endpointName}-errors` },
      { alarmName: `${endpointName}-latency` },
    ]);
  });

  it("lets the drafting function ask this endpoint, behind the guardrail, and no model of Bedrock", () => {
    const { guardrailArn, guardrailId, version } = {
      ...stack.one(aws.bedrock.Guardrail, "case-report-model-guardrail").outputs,
      version: stack.one(aws.bedrock.GuardrailVersion, "case-report-model-guardrail-version").outputs["version"],
    } as Record<string, string>;
    const granted = statements(stack.one(aws.iam.RolePolicy, "report-draft-report-role-policy").inputs["policy"]);
    expect(granted["AskOwnModel"]).to.deep.equal({ Effect: "Allow", Action: ["sagemaker:InvokeEndpoint"], Resource: [endpointArn] });
    expect(granted["PassGuardrail"]).to.deep.equal({ Effect: "Allow", Action: ["bedrock:ApplyGuardrail"], Resource: [guardrailArn] });
    expect(granted).not.to.have.any.keys("AskModel", "AskThirdParty");
    const { variables } = stack.one(aws.lambda.Function, "report-draft-report").inputs["environment"] as { variables: Record<string, string> };
    expect(variables).to.include({
      MODEL_ROUTE: "sagemaker",
      MODEL_ID: "surgical-vlm",
      MODEL_VERSION: "2",
      MODEL_ENDPOINT: endpointName,
      MODEL_PICTURES: "6",
      GUARDRAIL_ID: guardrailId,
      GUARDRAIL_VERSION: version,
    });
    const asking = stack.ofType(aws.iam.RolePolicy).filter(({ inputs }) => (inputs["policy"] as string).includes("sagemaker:InvokeEndpoint"));
    expect(asking.map(({ name: role }) => role)).to.deep.equal(["report-draft-report-role-policy"]);
  });

  it("refuses to run on nothing", async () => {
    expect((await failure(make({ instances: 0 }))).message).to.include("model.instances must be a whole number, 1 or more, not 0.");
  });
});
