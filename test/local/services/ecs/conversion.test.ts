import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeTasksCommand, ECSClient, RunTaskCommand } from "@aws-sdk/client-ecs";
import { GetObjectCommand, HeadObjectCommand, ListMultipartUploadsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { conversion } from "../../../../contracts/conversion.ts";
import { conversionKey, convertedVideoKey } from "../../../../contracts/keys.ts";
import { type Cloud, openCloud } from "../../../../local/cloud.ts";
import { root } from "../../../../local/root.ts";
import { s3Objects } from "../../../../models/serving/objects.ts";
import { ClipFolder, decodedFrames } from "../../../functions/support/clips.ts";
import { caseId, request, runId } from "../../../functions/support/ids.ts";
import { failure } from "../../../support/failure.ts";

const accountId = "111122223333";
const region = "us-east-1";
const role = (name: string): string => `arn:aws:iam::${accountId}:role/${name}`;
const arn = (resource: string): string => `arn:aws:ecs:${region}:${accountId}:${resource}`;
const keyArn = `arn:aws:kms:${region}:${accountId}:key/derived`;
const image = `${accountId}.dkr.ecr.${region}.amazonaws.com/svp/inference@sha256:${"0".repeat(64)}`;

describe("the serving container as a task of ECS", function () {
  this.timeout(60_000);
  const clips = new ClipFolder();
  let cloud: Cloud;
  let s3: S3Client;
  let ecs: ECSClient;

  before(async () => {
    cloud = await openCloud({ dataDir: clips.path("cloud"), region, accountId, log: () => {} });
    const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }] };
    const grant = (name: string, statements: readonly [actions: string[], resource: string][]): void => {
      cloud.iam.putRole({ arn: role(name), trustPolicy: trust });
      const Statement = statements.map(([Action, Resource]) => ({ Effect: "Allow", Action, Resource }));
      cloud.iam.putRolePolicy(role(name), "permissions", { Version: "2012-10-17", Statement });
    };
    grant("execution", [[["ecr:*"], "*"]]);
    grant("task", [
      [["s3:GetObjectVersion"], "arn:aws:s3:::raw/raw-videos/*"],
      [["s3:PutObject", "s3:AbortMultipartUpload"], "arn:aws:s3:::processed/converted-videos/*"],
      [["kms:Decrypt", "kms:GenerateDataKey"], "*"],
    ]);
    for (const bucket of ["raw", "processed"]) cloud.s3.configureBucket(bucket, { versioning: true, encryptionKeyArn: keyArn });
    cloud.sagemaker.putImage({ imageUri: image, context: root, dockerfile: join(root, "models/serving/Dockerfile") });
    cloud.ecs.putCluster({ arn: arn("cluster/conversion"), name: "conversion" });
    const container = {
      ...{ name: "main", image, essential: true, command: ["convert"], user: "65534:65534", readonlyRootFilesystem: true },
      linuxParameters: { initProcessEnabled: true, capabilities: { drop: ["ALL"] } },
      environment: [{ name: "SCRATCH_DIR", value: "/scratch" }],
      mountPoints: [{ sourceVolume: "scratch", containerPath: "/scratch", readOnly: false }],
      logConfiguration: { logDriver: "awslogs", options: {} },
    };
    cloud.ecs.putTaskDefinition({
      ...{ arn: arn("task-definition/conversion:1"), requiresCompatibilities: ["FARGATE"], networkMode: "awsvpc", cpu: "8192", memory: "16384" },
      ...{ taskRoleArn: role("task"), executionRoleArn: role("execution"), volumes: [{ name: "scratch" }], containers: [container] },
    });
    await cloud.start();
    const { credentials } = cloud.iam.administrator;
    s3 = new S3Client({ endpoint: cloud.endpoint, region, credentials });
    ecs = new ECSClient({ endpoint: cloud.endpoint, region, credentials });
  });
  after(async () => {
    s3?.destroy();
    ecs?.destroy();
    await cloud?.close();
    clips.remove();
  });

  /** Converts a file and gives the task's exit code. */
  async function convert(file: string): Promise<number | undefined> {
    const { key } = request.source;
    const { VersionId = "" } = await s3.send(new PutObjectCommand({ Bucket: "raw", Key: key, Body: readFileSync(file) }));
    const variables = {
      ...{ SOURCE_BUCKET: "raw", SOURCE_KEY: key, SOURCE_VERSION: VersionId, COPY_BUCKET: "processed" },
      ...{ COPY_KEY: convertedVideoKey(caseId, runId), OUTCOME_KEY: conversionKey(caseId, runId) },
    };
    const { tasks: [task] = [] } = await ecs.send(
      new RunTaskCommand({
        ...{ cluster: "conversion", taskDefinition: arn("task-definition/conversion:1"), launchType: "FARGATE" },
        networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-0a"], securityGroups: ["sg-0c"], assignPublicIp: "DISABLED" } },
        overrides: { containerOverrides: [{ name: "main", environment: Object.entries(variables).map(([name, value]) => ({ name, value })) }] },
      }),
    );
    const taskArn = task?.taskArn as string;
    await cloud.ecs.tasks.settled(taskArn.replace(/^.*\//, ""));
    const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster: "conversion", tasks: [taskArn] }));
    return tasks[0]?.containers?.[0]?.exitCode;
  }
  const outcome = async () => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "processed", Key: conversionKey(caseId, runId) }));
    return conversion.parse(JSON.parse((await Body?.transformToString()) ?? ""));
  };

  it("converts what its role may read, and writes the copy encrypted with the bucket's key", async () => {
    const file = clips.make("a.avi", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1", "-c:v", "mpeg4", "-bf", "2", "-q:v", "2");
    expect(await convert(file)).to.equal(0);
    expect(await outcome()).to.deep.include({ outcome: "CONVERTED", container: "avi", codec: "mpeg4", timing: "derived", frameCount: 25 });
    const copy = { Bucket: "processed", Key: convertedVideoKey(caseId, runId) };
    expect(await s3.send(new HeadObjectCommand(copy))).to.deep.include({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: keyArn, ContentType: "video/mp4" });
    const { Body } = await s3.send(new GetObjectCommand(copy));
    writeFileSync(clips.path("copy.mp4"), (await Body?.transformToByteArray()) ?? "");
    expect(decodedFrames(clips.path("copy.mp4")).count).to.equal(25);
  });

  it("ends well with a video that nobody can decode, and says why", async () => {
    expect(await convert(clips.write("text.avi", "no video\n".repeat(99)))).to.equal(0);
    expect((await outcome()).outcome).to.equal("UNREADABLE");
  });

  it("writes what is large in parts, as its role may, and leaves nothing of what was broken off", async () => {
    const objects = s3Objects(new S3Client({ endpoint: cloud.endpoint, region, credentials: cloud.iam.credentialsOf(role("task")) }));
    const bytes = randomBytes(40 * 2 ** 20);
    const file = clips.write("large", bytes);
    const to = { bucket: "processed", key: convertedVideoKey(caseId, runId) };
    await objects.upload(file, to, "video/mp4", new AbortController().signal);
    const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket: to.bucket, Key: to.key }));
    expect(ETag).to.match(/-2"$/);
    expect(bytes.equals((await Body?.transformToByteArray()) ?? Buffer.alloc(0))).to.equal(true);
    const stop = new AbortController();
    const broken = objects.upload(file, { ...to, key: `${to.key}.broken` }, "video/mp4", stop.signal);
    stop.abort();
    expect((await failure(broken)).name).to.equal("AbortError");
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket: to.bucket }))).Uploads ?? []).to.deep.equal([]);
  });

  it("fails where its role may not write", async () => {
    cloud.iam.putRolePolicy(role("task"), "permissions", {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["s3:GetObjectVersion", "kms:Decrypt"], Resource: "*" }],
    });
    expect(await convert(clips.path("a.avi"))).to.equal(1);
  });
});
