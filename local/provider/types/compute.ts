import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Cloud } from "../../cloud.ts";
import { arn, physicalName, type ResourceType, uuidOf } from "../resource-type.ts";

/** The folder that a `pulumi.asset.FileArchive` names. */
function archivePath(archive: unknown): string {
  const { path } = (archive ?? {}) as { path?: unknown };
  if (typeof path !== "string") throw new Error("code must be a FileArchive of a folder.");
  return resolve(path);
}

/** Digest of an image's build: its Dockerfile, the files beside it, and what the build is given. */
function buildDigest(dockerfile: string, buildArguments: unknown): string {
  const hash = createHash("sha256");
  const folder = dirname(dockerfile);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name))
    .sort()) {
    hash.update(entry.slice(folder.length)).update("\0").update(readFileSync(entry)).update("\0");
  }
  if (buildArguments !== undefined) hash.update(JSON.stringify(buildArguments));
  return hash.digest("hex");
}

/** Lambda, Step Functions, container images, tasks of ECS, SageMaker and MediaConvert. */
export const computeTypes: Record<string, ResourceType<Cloud>> = {
  "aws:lambda/function:Function": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      const functionArn = arn("lambda", place, `function:${name}`);
      return {
        id: name,
        name,
        arn: functionArn,
        invokeArn: `arn:aws:apigateway:${place.region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
        qualifiedArn: `${functionArn}:$LATEST`,
        version: "$LATEST",
      };
    },
    live: (cloud, state) =>
      cloud.lambda.putFunction({
        arn: state["arn"],
        name: state["name"],
        codeDir: archivePath(state["code"]),
        handler: state["handler"],
        runtime: state["runtime"],
        timeoutSeconds: state["timeout"] ?? 3,
        memoryMb: state["memorySize"] ?? 128,
        environment: state["environment"]?.variables ?? {},
        roleArn: state["role"],
        deadLetterArn: state["deadLetterConfig"]?.targetArn,
      }),
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": {
    computed: (inputs, place) => {
      const uuid = uuidOf(place.urn);
      return { id: uuid, uuid, arn: arn("lambda", place, `event-source-mapping:${uuid}`), functionArn: inputs["functionName"] };
    },
    live: (cloud, state) =>
      cloud.lambda.putEventSourceMapping({
        uuid: state["uuid"],
        functionArn: state["functionName"],
        queueArn: state["eventSourceArn"],
        batchSize: state["batchSize"] ?? 10,
        maximumConcurrency: state["scalingConfig"]?.maximumConcurrency,
        reportBatchItemFailures: (state["functionResponseTypes"] ?? []).includes("ReportBatchItemFailures"),
      }),
  },
  // Nothing stops loops here.
  "aws:lambda/functionRecursionConfig:FunctionRecursionConfig": { computed: (inputs) => ({ id: String(inputs["functionName"]) }) },
  "aws:lambda/permission:Permission": {
    computed: (inputs, place) => {
      const statementId = physicalName(inputs["statementId"], place);
      return { id: statementId, statementId };
    },
    live: (cloud, state) => {
      const functionArn = String(state["function"]).startsWith("arn:") ? state["function"] : cloud.lambda.arnOf(state["function"]);
      cloud.lambda.putPermission(functionArn, {
        Sid: state["statementId"],
        Effect: "Allow",
        Principal: { Service: state["principal"] },
        Action: state["action"],
        Resource: functionArn,
        ...(state["sourceArn"] && { Condition: { ArnLike: { "aws:SourceArn": state["sourceArn"] } } }),
      });
    },
  },
  "aws:sfn/stateMachine:StateMachine": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      const machineArn = arn("states", place, `stateMachine:${name}`);
      return { id: machineArn, name, arn: machineArn };
    },
    live: (cloud, state) =>
      cloud.states.putStateMachine({ arn: state["arn"], name: state["name"], definition: state["definition"], roleArn: state["roleArn"] }),
  },
  "aws:ecr/repository:Repository": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return {
        id: name,
        name,
        arn: arn("ecr", place, `repository/${name}`),
        registryId: place.accountId,
        repositoryUrl: `${place.accountId}.dkr.ecr.${place.region}.amazonaws.com/${name}`,
      };
    },
  },
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": { computed: (inputs, place) => ({ id: String(inputs["repository"]), registryId: place.accountId }) },
  "aws:ecr/repositoryPolicy:RepositoryPolicy": { computed: (inputs, place) => ({ id: String(inputs["repository"]), registryId: place.accountId }) },
  "awsx:ecr:Image": {
    computed: (inputs, place) => {
      const context = resolve(String(inputs["context"] ?? "."));
      const dockerfile = resolve(String(inputs["dockerfile"] ?? join(context, "Dockerfile")));
      return { id: place.urn, imageUri: `${inputs["repositoryUrl"]}@sha256:${buildDigest(dockerfile, inputs["args"])}`, context, dockerfile };
    },
    live: (cloud, state) =>
      cloud.sagemaker.putImage({
        imageUri: state["imageUri"],
        context: state["context"],
        dockerfile: state["dockerfile"],
        buildArguments: state["args"],
      }),
  },
  "aws:ecs/cluster:Cluster": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      const clusterArn = arn("ecs", place, `cluster/${name}`);
      return { id: clusterArn, name, arn: clusterArn };
    },
    live: (cloud, state) => cloud.ecs.putCluster({ arn: state["arn"], name: state["name"] }),
  },
  "aws:ecs/taskDefinition:TaskDefinition": {
    computed: (inputs, place) => {
      const family = String(inputs["family"]);
      const arnWithoutRevision = arn("ecs", place, `task-definition/${family}`);
      return { id: family, arn: `${arnWithoutRevision}:1`, arnWithoutRevision, revision: 1 };
    },
    live: (cloud, state) =>
      cloud.ecs.putTaskDefinition({
        arn: state["arn"],
        requiresCompatibilities: state["requiresCompatibilities"],
        networkMode: state["networkMode"],
        cpu: state["cpu"],
        memory: state["memory"],
        taskRoleArn: state["taskRoleArn"],
        executionRoleArn: state["executionRoleArn"],
        volumes: state["volumes"] ?? [],
        containers: JSON.parse(state["containerDefinitions"]),
      }),
  },
  "aws:mediaconvert/queue:Queue": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: name, name, arn: arn("mediaconvert", place, `queues/${name}`) };
    },
    live: (cloud, state) => cloud.mediaconvert.putQueue({ arn: state["arn"], name: state["name"] }),
  },
  "aws:sagemaker/model:Model": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: name, name, arn: arn("sagemaker", place, `model/${name}`) };
    },
    live: (cloud, state) =>
      cloud.sagemaker.putModel({
        name: state["name"],
        arn: state["arn"],
        roleArn: state["executionRoleArn"],
        image: state["primaryContainer"].image,
        environment: state["primaryContainer"].environment ?? {},
        modelDataPrefix: state["primaryContainer"].modelDataSource?.s3DataSources?.[0]?.s3Uri,
        vpcConfig: state["vpcConfig"] && { Subnets: state["vpcConfig"].subnets, SecurityGroupIds: state["vpcConfig"].securityGroupIds },
        networkIsolation: state["enableNetworkIsolation"] ?? false,
      }),
  },
  "aws:sagemaker/endpointConfiguration:EndpointConfiguration": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: name, name, arn: arn("sagemaker", place, `endpoint-config/${name}`) };
    },
    live: (cloud, state) => {
      const [{ modelName, variantName, instanceType, initialInstanceCount, initialVariantWeight, inferenceAmiVersion }] = state["productionVariants"];
      const { outputConfig: output, clientConfig } = state["asyncInferenceConfig"] ?? {};
      const capture = state["dataCaptureConfig"];
      cloud.sagemaker.putEndpointConfig({
        ...{ name: state["name"], modelName, variantName },
        asynchronous: output && { outputPath: output.s3OutputPath, failurePath: output.s3FailurePath, kmsKeyArn: output.kmsKeyId },
        described: {
          ProductionVariants: [
            {
              ...{ VariantName: variantName, ModelName: modelName, InstanceType: instanceType },
              ...{ InitialInstanceCount: initialInstanceCount, InitialVariantWeight: initialVariantWeight },
              ...(inferenceAmiVersion && { InferenceAmiVersion: inferenceAmiVersion }),
            },
          ],
          ...(state["kmsKeyArn"] && { KmsKeyId: state["kmsKeyArn"] }),
          ...(capture && {
            DataCaptureConfig: {
              EnableCapture: capture.enableCapture,
              InitialSamplingPercentage: capture.initialSamplingPercentage,
              DestinationS3Uri: capture.destinationS3Uri,
              KmsKeyId: capture.kmsKeyId,
              CaptureOptions: capture.captureOptions.map(({ captureMode }: { captureMode: "Input" | "Output" }) => ({ CaptureMode: captureMode })),
            },
          }),
          ...(output && {
            AsyncInferenceConfig: {
              OutputConfig: { S3OutputPath: output.s3OutputPath, S3FailurePath: output.s3FailurePath, KmsKeyId: output.kmsKeyId },
              ClientConfig: { MaxConcurrentInvocationsPerInstance: clientConfig?.maxConcurrentInvocationsPerInstance },
            },
          }),
        },
      });
    },
  },
  "aws:sagemaker/endpoint:Endpoint": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: name, name, arn: arn("sagemaker", place, `endpoint/${name}`) };
    },
    live: (cloud, state) => cloud.sagemaker.putEndpoint({ name: state["name"], arn: state["arn"], configName: state["endpointConfigName"] }),
  },
};
