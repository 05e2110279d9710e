import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { openCloud } from "../../local/cloud.ts";
import { Disturbances, parseDisturbances } from "../../local/disturbances.ts";
import { failure } from "../support/failure.ts";

describe("disturbances", () => {
  it("are read from shares and a seed, and refused with everything that is wrong", () => {
    expect(parseDisturbances("throttle=0.5,drop=1,seed=7")).to.deep.equal({ shares: { throttle: 0.5, drop: 1 }, seed: 7 });
    expect(() => parseDisturbances("throttle=2,drop=,fire=1,seed=x")).to.throw(
      'Disturbances: throttle is "2"; it must be a share from 0 to 1; drop is ""; it must be a share from 0 to 1; there is no "fire"; there are throttle, error, slow, drop, duplicate, full and seed; seed is "x"; it must be a whole number.',
    );
  });

  it("meet the share that was asked for, the same for the same seed", () => {
    const met = (seed: number) => {
      const disturbances = new Disturbances({ shares: { duplicate: 0.25 }, seed });
      return Array.from({ length: 4000 }, () => disturbances.ofEvent());
    };
    expect(met(1)).to.deep.equal(met(1)).and.not.to.deep.equal(met(2));
    expect(met(1).filter(Boolean).length).to.be.within(900, 1100);
  });

  describe("of the local cloud", () => {
    let dataDir: string;
    let open: Awaited<ReturnType<typeof openCloud>> | undefined;
    const close = async (): Promise<void> => {
      await open?.close();
      open = undefined;
    };
    beforeEach(() => {
      dataDir = mkdtempSync(join(tmpdir(), "svp-disturbed-"));
    });
    afterEach(async () => {
      await close();
      rmSync(dataDir, { recursive: true, force: true });
    });

    /** The cloud with a bucket, in which one kind of trouble meets everything. */
    async function disturbed(kind: string) {
      const cloud = await openCloud({
        ...{ dataDir, region: "us-east-1", accountId: "000000000000", log: () => undefined },
        disturbances: new Disturbances(parseDisturbances(`${kind}=1`)),
      });
      open = cloud;
      cloud.s3.configureBucket("lake", {});
      const settings = { endpoint: cloud.endpoint, region: "us-east-1", credentials: cloud.iam.administrator.credentials, maxAttempts: 1 };
      const s3 = new S3Client(settings);
      const put = () => s3.send(new PutObjectCommand({ Bucket: "lake", Key: "k", Body: "text" }));
      const held = async () => (await cloud.s3.list(cloud.iam.administrator.caller, "lake", "")).map(({ key }) => key);
      return { cloud, s3, put, held, sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }) };
    }

    it("begin with the work, not before", async () => {
      const { cloud, s3, put } = await disturbed("throttle");
      await put();
      await cloud.start();
      expect((await failure(put())).name).to.equal("SlowDown");
      expect((await failure(s3.send(new GetObjectCommand({ Bucket: "lake", Key: "k" })))).name).to.equal("SlowDown");
    });

    it("refuse before anything is done, and break connections after it", async () => {
      for (const [kind, name, keys] of [
        ["error", "InternalError", []],
        ["full", "InternalError", []],
        ["drop", "TimeoutError", ["k"]],
      ] as const) {
        const { cloud, put, held } = await disturbed(kind);
        await cloud.start();
        const error = await failure(put());
        expect([error.name, await held()], kind).to.deep.equal([name, keys]);
        await close();
        rmSync(dataDir, { recursive: true, force: true });
      }
    });

    it("deliver an event of S3 twice", async () => {
      const { cloud, put, sqs } = await disturbed("duplicate");
      const arn = "arn:aws:sqs:us-east-1:000000000000:events";
      cloud.sqs.putQueue({ arn, name: "events" });
      cloud.iam.putResourcePolicy(arn, {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sqs:SendMessage", Resource: arn }],
      });
      cloud.s3.configureBucket("lake", { eventBridge: true });
      cloud.events.putRule({ arn: "arn:aws:events:us-east-1:000000000000:rule/all", name: "all", eventPattern: '{"source":["aws.s3"]}' });
      cloud.events.putTarget({ rule: "all", targetId: "queue", arn });
      await cloud.start();
      await put();
      const bodies = new Set<string>();
      let count = 0;
      while (count < 2) {
        const messages = await cloud.sqs.receive(cloud.iam.administrator.caller, arn, 10, AbortSignal.timeout(30_000));
        for (const { body } of messages) bodies.add(body);
        count += messages.length;
      }
      expect([count, bodies.size]).to.deep.equal([2, 1]);
      // What is not S3's own is not disturbed.
      await sqs.send(new SendMessageCommand({ QueueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/events", MessageBody: "m" }));
    });
  });
});
