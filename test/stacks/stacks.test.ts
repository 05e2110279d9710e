import { expect } from "chai";
import { deploy } from "../../local/deploy/deploy.ts";
import type { Deployment } from "../../local/deploy/deployment.ts";
import { evaluatePolicies } from "../../local/deploy/policy/in-process.ts";
import { offlineProvider } from "../../local/provider/offline.ts";
import { rules } from "../../policies/rules/index.ts";
import { failure } from "../support/failure.ts";
import { projectFolder } from "./project.ts";

const accounts = { dev: "111111111111", staging: "222222222222", prod: "333333333333", local: "000000000000" };
const ofType = ({ resources }: Deployment, type: string) => resources.filter((resource) => resource.type === type);

describe("the program", function () {
  // Each environment is bundled, deployed and judged whole.
  this.timeout(60_000);
  let project: ReturnType<typeof projectFolder>;
  before(() => {
    project = projectFolder();
  });
  after(() => project.remove());
  const deployments = new Map<string, Promise<Deployment>>();
  /** A run takes seconds, and its outcome is not changed by looking at it. */
  const run = (stack: string): Promise<Deployment> => {
    const deployment = deployments.get(stack) ?? deploy({ root: project.root, stack, provider: offlineProvider() });
    deployments.set(stack, deployment);
    return deployment;
  };

  for (const [stack, account] of Object.entries(accounts)) {
    describe(`on stack ${stack}`, () => {
      let deployment: Deployment;
      before(async () => {
        deployment = await run(stack);
      });

      it("deploys without a doubt, and satisfies the policy pack", async () => {
        expect(deployment.findings).to.deep.equal([]);
        expect((await evaluatePolicies(rules, deployment)).findings).to.deep.equal([]);
      });

      it("makes every AWS resource in its own account", () => {
        const [provider, ...others] = ofType(deployment, "pulumi:providers:aws");
        expect(others).to.deep.equal([]);
        expect(provider?.inputs).to.deep.include({ region: "us-east-1", allowedAccountIds: [account] });
        const strays = deployment.resources.filter(({ type, provider: urn }) => type.startsWith("aws:") && urn !== provider?.urn);
        expect(strays).to.deep.equal([]);
      });

      it("tells where things are", () => {
        expect(deployment.outputs).to.include({
          rawBucket: `svp-${stack}-${account}-raw`,
          processedBucket: `svp-${stack}-${account}-processed`,
          modelsBucket: `svp-${stack}-${account}-models`,
          caseTable: `svp-${stack}-cases`,
          uploadQueueUrl: `https://sqs.us-east-1.amazonaws.com/${account}/svp-${stack}-upload-events`,
          deadLetterQueueUrl: `https://sqs.us-east-1.amazonaws.com/${account}/svp-${stack}-upload-events-dead-letters`,
          stateMachineArn: `arn:aws:states:us-east-1:${account}:stateMachine:svp-${stack}-case-analysis`,
          inferenceEndpoint: `svp-${stack}-inference`,
        });
      });

      it("gives every function a role of its own", () => {
        const functions = ofType(deployment, "aws:lambda/function:Function");
        expect(functions).to.have.length(11);
        expect(new Set(functions.map(({ inputs }) => inputs["role"])).size).to.equal(11);
      });

      it("runs the image of stack shared, by digest", () => {
        const [model] = ofType(deployment, "aws:sagemaker/model:Model");
        expect(model?.inputs)
          .to.have.nested.property("primaryContainer.image")
          .that.matches(/^444444444444\.dkr\.ecr\.us-east-1\.amazonaws\.com\/svp\/inference@sha256:[0-9a-f]{64}$/);
      });
    });
  }

  it("protects what holds data wherever it must outlive the stack", async () => {
    const stateful = ["aws:s3/bucket:Bucket", "aws:dynamodb/table:Table", "aws:kms/key:Key", "aws:ecr/repository:Repository"];
    const unprotected = async (stack: string) =>
      (await run(stack)).resources.filter(({ type, protect }) => stateful.includes(type) && !protect).map(({ name }) => name);
    expect(await unprotected("prod")).to.deep.equal([]);
    expect(await unprotected("staging")).to.deep.equal([]);
    expect(await unprotected("shared")).to.deep.equal([]);
    expect(await unprotected("local")).to.have.length(9);
  });

  it("takes the role that deploys, except where there is no account", async () => {
    const roles = async (stack: string) => ofType(await run(stack), "pulumi:providers:aws").map(({ inputs }) => inputs["assumeRoles"]);
    expect(await roles("prod")).to.deep.equal([[{ roleArn: "arn:aws:iam::333333333333:role/svp-deploy", sessionName: "svp-prod" }]]);
    expect(await roles("local")).to.deep.equal([undefined]);
  });

  it("shares the image with the environments' accounts", async () => {
    const deployment = await run("shared");
    expect(deployment.findings).to.deep.equal([]);
    expect((await evaluatePolicies(rules, deployment)).findings).to.deep.equal([]);
    const [readers] = ofType(deployment, "aws:ecr/repositoryPolicy:RepositoryPolicy");
    const [{ Principal }] = JSON.parse(readers?.inputs["policy"] as string).Statement;
    expect(Principal.AWS).to.deep.equal(["111111111111", "222222222222", "333333333333"].map((id) => `arn:aws:iam::${id}:root`));
  });
});

describe("the configuration of a stack", () => {
  const mistakes = async (stack: string, yaml: string) => {
    const { root, remove } = projectFolder({ [`Pulumi.${stack}.yaml`]: yaml });
    try {
      return (await failure(deploy({ root, stack, provider: offlineProvider() }))).message;
    } finally {
      remove();
    }
  };

  it("is refused with every mistake at once, each with its file and key", async () => {
    const message = await mistakes(
      "dev",
      `config:
  svp:region: Virginia
  svp:account: { id: "12", deployRole: "arn:aws:iam::111111111111:role/x" }
  svp:shared: shared
  svp:rekognition: { enabled: maybe, pollSeconds: 0 }
  svp:retention: { logs: 2000, accessLogs: 1, noncurrentVersions: 0 }
  svp:removal: forget
  svp:inference: { instanceType: m5.large, instanceCount: 1 }
  svp:browserOrigins: ["http://example.org", "https://*.example.org"]
  svp:rekogntion: {}
`,
    );
    expect(message).to.contain("Pulumi.dev.yaml:\n");
    for (const line of [
      "svp:region: must be a Region such as us-east-1.",
      "svp:account.id: must be 12 digits in quotes.",
      "svp:shared: must be organisation/project/stack.",
      "svp:rekognition.enabled: Invalid input: expected boolean, received string.",
      "svp:rekognition.pollSeconds: Too small: expected number to be >=1.",
      "svp:retention.logs: must be one of 0, 1, 3,",
      "svp:retention.noncurrentVersions: must be a whole number of days, 1 or more.",
      "svp:removal: Invalid option: expected one of",
      "svp:inference.instanceType: must be an instance type such as ml.m5.large.",
      "svp:browserOrigins.0: must be an origin such as https://review.example.org, without a wildcard.",
      "svp:browserOrigins.1: must be an origin",
      "svp:{rekogntion}: Unrecognized key",
    ]) {
      expect(message).to.contain(`- ${line}`);
    }
  });

  it("names what is missing, and a role of another account", async () => {
    const message = await mistakes(
      "shared",
      'config:\n  svp:region: us-east-1\n  svp:account: { id: "444444444444", deployRole: "arn:aws:iam::111111111111:role/x" }\n',
    );
    expect(message).to.contain("- svp:account.deployRole: must be a role of the account.");
    expect(message).to.contain("- svp:removal: ");
    expect(message).to.contain("- svp:environments: ");
  });
});
