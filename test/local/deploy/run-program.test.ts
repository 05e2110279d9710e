import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { Deployment } from "../../../local/deploy/deployment.ts";
import { DeployError, describe as describeProblem } from "../../../local/deploy/problem.ts";
import type { Provider } from "../../../local/deploy/provider.ts";
import { runProgram } from "../../../local/deploy/run-program.ts";
import { failure } from "../../support/failure.ts";

/** Computes an ARN and nothing else; knows one function. */
const provider: Provider = {
  async create({ type, name, inputs, provider: explicit }) {
    if (type === "awsx:ecr:Image") return { id: "", outputs: { imageUri: `${explicit?.inputs["region"]}/image` } };
    if (type.startsWith("awsx:")) throw new Error(`does not know the resource type ${type}.`);
    if (type === "aws:sns/topic:Topic") throw new Error("is a topic, and topics are refused.");
    return { id: `${name}-id`, outputs: { arn: `arn:of:${name}`, ...inputs } };
  },
  async invoke(token, args, explicit) {
    if (token !== "aws:index/getCallerIdentity:getCallerIdentity") throw new Error("is not known.");
    return { ...args, accountId: explicit?.inputs["allowedAccountIds"] };
  },
};

const run = (program: () => unknown): Promise<Deployment> =>
  runProgram(program, {
    project: "svp",
    stack: "unit",
    config: { "svp:name": "tested" },
    provider,
    outputsOf: async (reference) => {
      throw new Error(`names ${reference}, which does not exist.`);
    },
  });

const account = (): aws.Provider => new aws.Provider("account", { region: "us-east-1", allowedAccountIds: ["111111111111"] });

/** Every problem of a program, as its user reads it. */
async function problems(program: (provider: aws.Provider) => unknown): Promise<string[]> {
  const error = await failure(run(() => program(account())));
  expect(error).to.be.instanceOf(DeployError);
  return (error as DeployError).problems.map(describeProblem);
}

/** Arguments that the types would refuse. */
// biome-ignore lint/suspicious/noExplicitAny: that is what these tests are about.
const wrong = (args: object): any => args;

class Heap extends pulumi.CustomResource {}

class Store extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super("svp:data:Store", name, {}, opts);
    const bucket = new aws.s3.Bucket(name, { bucket: name }, { parent: this, protect: true, ignoreChanges: ["tags"] });
    new aws.s3.BucketVersioning(`${name}-versions`, { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } }, { parent: this });
    this.arn = bucket.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

describe("runProgram", () => {
  it("records what mocks hide: real URNs, parents, inherited providers, dependencies, options", async () => {
    const { resources, outputs } = await run(() => ({ arn: new Store("lake", { provider: account() }).arn, name: new pulumi.Config().require("name") }));
    const stack = "urn:pulumi:unit::svp::pulumi:pulumi:Stack::svp-unit";
    const store = "urn:pulumi:unit::svp::svp:data:Store::lake";
    const bucket = "urn:pulumi:unit::svp::svp:data:Store$aws:s3/bucket:Bucket::lake";
    const explicit = "urn:pulumi:unit::svp::pulumi:providers:aws::account";
    expect(outputs).to.deep.equal({ arn: "arn:of:lake", name: "tested" });
    expect(resources.map(({ urn, parent, custom }) => [urn, parent, custom])).to.deep.equal([
      [stack, undefined, false],
      [explicit, stack, true],
      [store, stack, false],
      [bucket, store, true],
      ["urn:pulumi:unit::svp::svp:data:Store$aws:s3/bucketVersioning:BucketVersioning::lake-versions", store, true],
    ]);
    expect(resources[1]?.inputs).to.deep.include({ region: "us-east-1", allowedAccountIds: ["111111111111"] });
    expect(resources[2]?.outputs).to.deep.equal({ arn: "arn:of:lake" });
    expect(resources[3]).to.deep.equal({
      urn: bucket,
      type: "aws:s3/bucket:Bucket",
      name: "lake",
      parent: store,
      custom: true,
      inputs: { bucket: "lake" },
      outputs: { bucket: "lake", arn: "arn:of:lake" },
      dependencies: [],
      propertyDependencies: {},
      protect: true,
      ignoreChanges: ["tags"],
      provider: explicit,
      id: "lake-id",
    });
    expect(resources[4]?.dependencies).to.deep.equal([bucket]);
    expect(resources[4]?.propertyDependencies).to.deep.equal({ bucket: [bucket] });
  });

  it("gives a remote component's creation the provider of its package's resources", async () => {
    const { outputs } = await run(() => ({
      uri: new awsx.ecr.Image("serving", { repositoryUrl: "registry/serving" }, { providers: { aws: account() } }).imageUri,
    }));
    expect(outputs).to.deep.equal({ uri: "us-east-1/image" });
  });

  it("answers functions with the account of their provider, in both forms", async () => {
    const { outputs } = await run(async () => {
      const explicit = account();
      const { accountId } = await aws.getCallerIdentity({}, { provider: explicit });
      return { accountId, again: aws.getCallerIdentityOutput({}, { provider: explicit }).accountId };
    });
    expect(outputs).to.deep.equal({ accountId: ["111111111111"], again: ["111111111111"] });
  });

  it("unwraps secrets and keeps archives as the engine writes them", async () => {
    const { resources } = await run(() => {
      const code = new pulumi.asset.FileArchive("functions");
      new aws.lambda.Function("fn", { role: pulumi.secret("arn:role"), code, handler: "index.handler", runtime: "nodejs24.x" }, { provider: account() });
    });
    expect(resources[2]?.inputs).to.deep.equal({
      role: "arn:role",
      code: { "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", path: "functions" },
      handler: "index.handler",
      runtime: "nodejs24.x",
    });
  });

  it("waits for what an apply registers last", async () => {
    const { resources } = await run(() => {
      const explicit = account();
      const first = new aws.sqs.Queue("first", {}, { provider: explicit });
      first.arn.apply((arn) =>
        new aws.sqs.Queue("second", { name: arn.slice(-5) }, { provider: explicit }).arn.apply(
          (inner) => new aws.sqs.Queue(`third-${inner.length}`, {}, { provider: explicit }),
        ),
      );
    });
    expect(resources.slice(2).map(({ name }) => name)).to.deep.equal(["first", "second", "third-13"]);
  });

  it("lets an output that may be absent be absent", async () => {
    const { outputs } = await run(() => ({
      deduplication: new aws.sqs.Queue("q", {}, { provider: account() }).contentBasedDeduplication.apply((value) => value ?? "absent"),
    }));
    expect(outputs).to.deep.equal({ deduplication: "absent" });
  });

  it("warns of what only the documentation says", async () => {
    const { findings } = await run(
      () => void new aws.s3.BucketVersioning("v", { bucket: "b", versioningConfiguration: { status: "On" } }, { provider: account() }),
    );
    expect(findings.map(describeProblem)).to.deep.equal([
      'aws:s3/bucketVersioning:BucketVersioning "v", versioningConfiguration.status: is "On"; the documentation lists Enabled, Suspended, Disabled.',
    ]);
  });

  const queue = 'aws:sqs/queue:Queue "q"';
  const fn = 'aws:lambda/function:Function "f"';
  const code = new pulumi.asset.FileArchive("functions");
  const refused: [what: string, program: (provider: aws.Provider) => unknown, ...expected: (string | RegExp)[]][] = [
    [
      "a missing argument",
      (provider) => new aws.s3.BucketPolicy("p", wrong({ bucket: "b" }), { provider }),
      'aws:s3/bucketPolicy:BucketPolicy "p", policy: is required and missing.',
    ],
    [
      "an unknown argument, which the class would drop",
      (provider) => new aws.sqs.Queue("q", wrong({ nmae: "x" }), { provider }),
      /^aws:sqs\/queue:Queue "q", nmae: is no property here; there are contentBasedDeduplication, /,
    ],
    [
      "nested properties, missing and unknown",
      (provider) =>
        new aws.lambda.Function(
          "f",
          { role: "r", code, handler: "h", runtime: "nodejs24.x", vpcConfig: wrong({ subnetIds: ["s"], subnets: [] }) },
          { provider },
        ),
      `${fn}, vpcConfig.securityGroupIds: is required and missing.`,
      `${fn}, vpcConfig.subnets: is no property here; there are ipv6AllowedForDualStack, securityGroupIds, subnetIds, vpcId.`,
    ],
    [
      "a wrong type",
      (provider) => new aws.sqs.Queue("q", wrong({ name: 5, tags: ["t"], delaySeconds: "9" }), { provider }),
      `${queue}, delaySeconds: is "9"; must be a number.`,
      `${queue}, name: is 5; must be a text.`,
      `${queue}, tags: is a list; must be an object.`,
    ],
    [
      "a value outside an enum",
      (provider) => new aws.lambda.Function("f", { role: "r", code, handler: "h", runtime: "nodejs99" }, { provider }),
      /^aws:lambda\/function:Function "f", runtime: is "nodejs99"; must be one of dotnet6, .* more\.$/,
    ],
    [
      "properties that exclude each other",
      (provider) => new aws.lambda.Function("f", { role: "r", code, imageUri: "i" }, { provider }),
      `${fn}, code: conflicts with imageUri; set only one of them.`,
    ],
    [
      "a resource without an explicit provider",
      () => new aws.sqs.Queue("q"),
      `${queue}: has no explicit provider; give it \`provider\`, or a \`parent\` that has one.`,
    ],
    [
      "a function without an explicit provider",
      () => aws.getCallerIdentityOutput().accountId,
      "function aws:index/getCallerIdentity:getCallerIdentity: has no explicit provider; give it `provider`, or a `parent` that has one.",
    ],
    [
      "a function that the provider does not know",
      (provider) => aws.getRegionOutput({}, { provider }).name,
      "function aws:index/getRegion:getRegion: is not known.",
    ],
    ["what the provider refuses", (provider) => new aws.sns.Topic("t", {}, { provider }), 'aws:sns/topic:Topic "t": is a topic, and topics are refused.'],
    [
      "a remote component that nobody answers",
      (provider) => new awsx.ec2.Vpc("v", {}, { provider }),
      'awsx:ec2:Vpc "v": does not know the resource type awsx:ec2:Vpc.',
    ],
    [
      "a type that no package has",
      (provider) => new Heap("aws:sqs/heap:Heap", "h", {}, { provider }),
      /^aws:sqs\/heap:Heap "h": is of a type that @pulumi\/aws 7\.48\.0 and @pulumi\/awsx 3\.9\.0 do not have\.$/,
    ],
    [
      "two resources of one URN",
      (provider) => [new aws.sqs.Queue("q", {}, { provider }), new aws.sqs.Queue("q", {}, { provider })],
      `${queue}: has the URN of another resource (urn:pulumi:unit::svp::aws:sqs/queue:Queue::q); two resources of one type and parent need two names.`,
    ],
    [
      "an output that nothing computes",
      (provider) => new aws.sqs.Queue("q", { name: new aws.kms.Key("k", {}, { provider }).keyId }, { provider }),
      /^aws:sqs\/queue:Queue "q", name: reads an output that nothing computes: one of aws:kms\/key:Key "k" \(the provider left out .*keyId/,
    ],
    [
      "a stack output that nothing computes",
      (provider) => ({ id: new aws.kms.Key("k", {}, { provider }).keyId }),
      'stack "unit", id: is an output that nothing computes.',
    ],
    [
      "an Output inside a text",
      (provider) => new aws.sqs.Queue("q", { name: `${new aws.kms.Key("k", {}, { provider }).arn}` }, { provider }),
      `${queue}, name: holds an Output that was put into a text; use pulumi.interpolate or pulumi.jsonStringify.`,
    ],
    [
      "a Promise inside a text",
      (provider) => new aws.sqs.Queue("q", { tags: { a: `${Promise.resolve(1)}` } }, { provider }),
      `${queue}, tags.a: holds a Promise that was put into a text; await it, or use pulumi.output(...).apply.`,
    ],
    [
      "an unknown value",
      (provider) => new aws.sqs.Queue("q", { name: pulumi.output(Promise.resolve(wrong(pulumi.unknown))) }, { provider }),
      `${queue}, name: reads an output that nothing computes.`,
    ],
    [
      "ignoring a property that does not exist",
      (provider) => new aws.sqs.Queue("q", {}, { provider, ignoreChanges: ["tags.owner", "tagz"] }),
      `${queue}, options.ignoreChanges: names tagz, which the resource does not have.`,
    ],
    [
      "aliases that can't be",
      (provider) => [
        new aws.sqs.Queue("old", {}, { provider }),
        new aws.sqs.Queue("q", {}, { provider, aliases: ["old", "urn:pulumi:unit::svp::aws:sqs/queue:Queue::old"] }),
      ],
      `${queue}, options.aliases: holds "old", which is no URN.`,
      `${queue}, options.aliases: names urn:pulumi:unit::svp::aws:sqs/queue:Queue::old, which another resource of this program has.`,
    ],
    [
      "an import",
      (provider) => new aws.sqs.Queue("q", {}, { provider, import: "url" }),
      /^aws:sqs\/queue:Queue "q", options\.import: imports url; nothing exists offline/,
    ],
    [
      "reading what the program does not make",
      (provider) => aws.sqs.Queue.get("q", "url", undefined, { provider }).arn,
      /^aws:sqs\/queue:Queue "q": reads a resource that this program does not make/,
    ],
    [
      "a stack that does not exist",
      () => new pulumi.StackReference("nowhere").getOutput("x"),
      'pulumi:pulumi:StackReference "nowhere", name: names nowhere, which does not exist.',
    ],
    ["an error in the program", () => expect.fail("boom"), /^stack "unit": boom \(.*run-program\.test\.ts:\d+:\d+\)$/],
    [
      "an error that is meant for the user",
      () => {
        throw new pulumi.RunError("Say it plainly.");
      },
      'stack "unit": Say it plainly.',
    ],
    [
      "an error inside an apply, and all else beside it",
      (provider) => {
        const key = new aws.kms.Key("k", {}, { provider });
        key.arn.apply(() => {
          throw new pulumi.RunError("Not this ARN.");
        });
        new aws.sqs.Queue(
          "q",
          {
            name: key.arn.apply(() => {
              throw new pulumi.RunError("Nor that.");
            }),
          },
          { provider },
        );
        return new aws.sqs.Queue("r", wrong({ delaySeconds: true }), { provider });
      },
      'aws:sqs/queue:Queue "r", delaySeconds: is true; must be a number.',
      'stack "unit": Not this ARN.',
      /^stack "unit": .*Nor that\.$/,
    ],
    [
      "a mistake once, not at everything that depends on it",
      (provider) => {
        const topic = new aws.sns.Topic("t", {}, { provider });
        const next = new aws.sqs.Queue("q", { name: topic.arn }, { provider });
        return { url: new aws.sqs.Queue("r", { name: next.arn }, { provider }).url };
      },
      'aws:sns/topic:Topic "t": is a topic, and topics are refused.',
    ],
  ];
  for (const [what, program, ...expected] of refused) {
    it(`refuses ${what}`, async () => {
      const found = await problems(program);
      expect(found, found.join("\n")).to.have.length(expected.length);
      for (const [index, wanted] of expected.entries()) {
        if (typeof wanted === "string") expect(found[index]).to.equal(wanted);
        else expect(found[index]).to.match(wanted);
      }
    });
  }

  it("says every problem in one message", async () => {
    const error = await failure(run(() => [new aws.sqs.Queue("a"), new aws.sqs.Queue("b")]));
    const reason = "has no explicit provider; give it `provider`, or a `parent` that has one.";
    expect(error.message).to.equal(`Stack "unit" can't be deployed, 2 problems:\n- aws:sqs/queue:Queue "a": ${reason}\n- aws:sqs/queue:Queue "b": ${reason}`);
  });

  it("asks the provider's own check before it creates", async () => {
    const created: string[] = [];
    const picky: Provider = {
      ...provider,
      check: (_type, { name }) => (name === "bad_name" ? [{ path: "name", reason: 'is "bad_name"; must not hold an underscore.' }] : []),
      async create(resource) {
        created.push(resource.name);
        return provider.create(resource);
      },
    };
    const error = await failure(
      runProgram(() => new aws.sqs.Queue("q", { name: "bad_name" }, { provider: account() }), {
        project: "svp",
        stack: "unit",
        config: {},
        provider: picky,
        outputsOf: async () => ({}),
      }),
    );
    expect((error as DeployError).problems.map(describeProblem)).to.deep.equal([`${queue}, name: is "bad_name"; must not hold an underscore.`]);
    expect(created).to.deep.equal([]);
  });

  it("leaves the process's handlers as they were, and runs one program at a time", async () => {
    const handlers = (): unknown[] => ["unhandledRejection", "beforeExit"].map((event) => process.listeners(event as "beforeExit"));
    const before = handlers();
    const results = await Promise.allSettled([run(() => ({ a: 1 })), run(() => expect.fail("no")), run(() => ({ stack: pulumi.getStack() }))]);
    expect(results.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected", "fulfilled"]);
    expect(handlers()).to.deep.equal(before);
  });

  it("refuses a program that waits for ever, naming what waits with it", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(new URL("fixtures/never-settles.ts", import.meta.url))]);
    expect(stdout).to.equal(
      'Stack "unit" can\'t be deployed, 1 problem:\n- stack "unit": waits for a promise that never settles; so do aws:sqs/queue:Queue "q".\n',
    );
  });
});

describe("promises of Pulumi's runtime", () => {
  it("carry no stack traces, and errors that are made meanwhile do", async () => {
    const require = createRequire(import.meta.url);
    const { debuggablePromise } = require("@pulumi/pulumi/runtime/debuggable.js") as { debuggablePromise<T>(promise: Promise<T>, of: string): Promise<T> };
    const promise: Promise<number> & { _debugStackTrace?: string; _debugCtx?: string } = Promise.resolve(1);
    expect(await debuggablePromise(promise, "a test")).to.equal(1);
    expect([promise._debugCtx, promise._debugStackTrace]).to.deep.equal(["a test", "Error"]);
    expect(new Error("here").stack).to.match(/run-program\.test/);
  });
});
