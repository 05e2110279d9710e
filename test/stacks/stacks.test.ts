import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { functionsFor } from "../../components/compute/function-bundles.ts";
import { idleCost } from "../../local/cost/idle.ts";
import { deploy } from "../../local/deploy/deploy.ts";
import type { Deployment } from "../../local/deploy/deployment.ts";
import { readPolicyConfig } from "../../local/deploy/policy/config.ts";
import { evaluatePolicies } from "../../local/deploy/policy/in-process.ts";
import { offlineProvider } from "../../local/provider/offline.ts";
import { analysers } from "../../models/catalogue.ts";
import { policyGrantsApprovedModelsOnly } from "../../policies/rules/bedrock/policy-grants-approved-models-only.ts";
import { rules } from "../../policies/rules/index.ts";
import { today, waive, waivers } from "../../policies/waivers.ts";
import { projectOfModes } from "../e2e/support/modes-project.ts";
import { outside } from "../support/boundary.ts";
import { failure } from "../support/failure.ts";
import { differences, manifestOf, reviewed } from "./manifest.ts";
import { projectFolder } from "./project.ts";

const accounts = { dev: "111111111111", staging: "222222222222", prod: "333333333333", local: "000000000000" };
/** Roles that AWS's own services take to keep an environment. */
const upkeepRoles = ["malware-protection-role", "image-protection-role", "backup-role"];
const functionCount = functionsFor(analysers).length;
const ofType = ({ resources }: Deployment, type: string) => resources.filter((resource) => resource.type === type);

describe("the program", () => {
  // Each environment is bundled, deployed and judged whole.
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

  for (const stack of ["shared", ...Object.keys(accounts)]) {
    it(`on stack ${stack} deploys without a doubt, and satisfies the policy pack`, async () => {
      const deployment = await run(stack);
      expect(deployment.findings).to.deep.equal([]);
      expect((await evaluatePolicies(waive(rules, waivers, today()), deployment, readPolicyConfig(".", stack))).findings).to.deep.equal([]);
    });
  }

  it("is what was reviewed: production and what all share whole, the others as they differ from production", async () => {
    const production = manifestOf(await run("prod"), project.root);
    const shared = manifestOf(await run("shared"), project.root);
    expect(production).to.deep.equal(reviewed("prod", production));
    expect(shared).to.deep.equal(reviewed("shared", shared));
    for (const stack of ["staging", "dev", "local"]) {
      const differing = differences(production, manifestOf(await run(stack), project.root));
      expect(differing, stack).to.deep.equal(reviewed(`${stack}-differs-from-prod`, differing));
    }
  });

  describe("with an analyser in each mode", () => {
    let folder: string;
    let modes: Promise<Deployment>;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "svp-modes-"));
      modes = deploy({ root: projectOfModes(folder), stack: "prod", provider: offlineProvider() });
    });
    after(() => rmSync(folder, { recursive: true }));
    const judge = async (deployment: Deployment) =>
      (await evaluatePolicies(waive(rules, waivers, today()), deployment, readPolicyConfig(".", "prod"))).findings;

    it("deploys without a doubt, and satisfies the policy pack", async () => {
      expect((await modes).findings).to.deep.equal([]);
      expect(await judge(await modes)).to.deep.equal([]);
      expect(ofType(await modes, "aws:sagemaker/endpoint:Endpoint").map(({ name }) => name)).to.include.members(["segments-of-queue", "segments-of-prompt"]);
      // A new version of a network reaches the endpoints that are asked for it.
      const deploying = ofType(await modes, "aws:sfn/stateMachine:StateMachine").find(({ name }) => name === "model-deployment")!;
      expect(deploying.inputs["definition"]).to.include("UpdateEndpoint (segments-of-queue)").and.to.include("UpdateEndpoint (segments-of-prompt)");
    });

    /** The deployment, but for what the definition of the case analysis says. */
    const altered = async (from: string, to: string): Promise<Deployment> => {
      const deployment = await modes;
      const machine = ofType(deployment, "aws:sfn/stateMachine:StateMachine").find(({ name }) => name === "case-analysis")!;
      const definition = machine.inputs["definition"] as string;
      expect(definition, "what is altered").to.include(from);
      const change = { definition: definition.replaceAll(from, to) };
      const changed = { ...machine, inputs: { ...machine.inputs, ...change }, outputs: { ...machine.outputs, ...change } };
      return { ...deployment, resources: deployment.resources.map((resource) => (resource === machine ? changed : resource)) };
    };
    const twins: [what: string, from: string, to: string, ...findings: [rule: string, message: string][]][] = [
      [
        "a transform job whose volume is not encrypted",
        '"resources":{"InstanceType":"ml.c5.xlarge","InstanceCount":2,"VolumeKmsKeyId"',
        '"resources":{"InstanceType":"ml.c5.xlarge","InstanceCount":2,"Key"',
        [
          "sfn-sagemaker-jobs-are-isolated-and-encrypted",
          'State "RunTransform" runs on ml.c5.xlarge and must set VolumeKmsKeyId to a customer-managed key, written out.',
        ],
      ],
      [
        "a transform job on instances that the plan names",
        '"resources":"{% $states.input.resources %}"',
        '"resources":"{% $states.context.Map.Item.Value.resources %}"',
        ["sfn-sagemaker-jobs-are-isolated-and-encrypted", 'State "RunTransform" names no instance type that can be judged.'],
      ],
      [
        "a processing job on instances that were changed on the way",
        '"Output":"{% $states.input %}","Next":"IsAnalyserShortOfCapacity"',
        '"Output":"{% $merge([$states.input, $other]) %}","Next":"IsAnalyserShortOfCapacity"',
        ["sfn-sagemaker-jobs-are-isolated-and-encrypted", 'State "RunAnalyser" names no instance type that can be judged.'],
      ],
      [
        "answers of a transform job that go where the plan says",
        '"S3OutputPath":"{% \'s3://svp-prod-333333333333-processed/',
        '"S3OutputPath":"{% $states.input.job.output & \'',
        ["sfn-jobs-write-to-buckets-of-the-stack", "names no bucket"],
      ],
      [
        "a transform job that is named after its network",
        "$states.input.id & '-' & $string($states.context.Map.Item.Index)",
        "$states.input.job.model",
        ["sfn-names-and-tags-hold-identifiers-only", "a value of model"],
      ],
    ];
    for (const [what, from, to, ...findings] of twins) {
      it(`is refused with ${what}`, async () => {
        const found = await judge(await altered(from, to));
        expect(found.map(({ rule }) => rule)).to.deep.equal(findings.map(([rule]) => rule));
        findings.forEach(([, message], i) => {
          expect(found[i]!.message).to.include(message);
        });
      });
    }
  });

  it("satisfies the policy pack with what is off as delivered: a sweep, and a language model, the local cloud's own on stack local alone", async () => {
    const drafting = async (stack: "local" | "prod", modelId: string): Promise<Deployment> => {
      const yaml = readFileSync(`Pulumi.${stack}.yaml`, "utf8")
        .replace("svp:report: { writer: template }", `svp:report: { writer: bedrock, modelId: "${modelId}" }`)
        .replace("endpoints: [ecr.api,", "endpoints: [bedrock-runtime, ecr.api,")
        .replace("settleSeconds: 900", "settleSeconds: 900\n    sweep: { everyDays: 1, classes: [research], most: 50 }");
      const folder = projectFolder({ [`Pulumi.${stack}.yaml`]: yaml });
      try {
        return await deploy({ root: folder.root, stack, provider: offlineProvider() });
      } finally {
        folder.remove();
      }
    };
    const [nova, local] = [await drafting("prod", "amazon.nova-lite-v1:0"), await drafting("local", "svp.local-drafter-v1:0")];
    const judged = async (deployment: Deployment, profile: string) =>
      (await evaluatePolicies(waive(rules, waivers, today()), deployment, readPolicyConfig(".", profile))).findings;
    expect([nova.findings, local.findings]).to.deep.equal([[], []]);
    expect(ofType(nova, "aws:bedrock/guardrail:Guardrail")).to.have.length(1);
    expect(ofType(nova, "aws:cloudwatch/eventRule:EventRule").map(({ name }) => name)).to.include("retention-sweep-rule");
    expect(await judged(nova, "prod")).to.deep.equal([]);
    expect(await judged(local, "local")).to.deep.equal([]);
    const approved = await evaluatePolicies([policyGrantsApprovedModelsOnly], local);
    expect(approved.findings.map(({ message }) => message)[0]).to.include("svp.local-drafter-v1:0, which is none of the approved models");
  });

  it("satisfies the policy pack where another company's model writes reports, under its agreement", async () => {
    const secretArn = "arn:aws:secretsmanager:us-east-1:333333333333:secret:svp-prod-llm-AbCdEf";
    const agreement = `{ vendor: Example, endpoint: "https://llm.example.org/v1", secretArn: "${secretArn}", baaSignedOn: "2026-01-31" }`;
    const yaml = readFileSync("Pulumi.prod.yaml", "utf8")
      .replace("svp:report: { writer: template }", `svp:report: { writer: third-party, modelId: large-1, thirdParty: ${agreement} }`)
      .replace("kms, logs,", "kms, lambda, logs,");
    const folder = projectFolder({ "Pulumi.prod.yaml": yaml });
    try {
      const deployment = await deploy({ root: folder.root, stack: "prod", provider: offlineProvider() });
      expect(deployment.findings).to.deep.equal([]);
      const judged = async (own: string[]) => {
        const config = { ...readPolicyConfig(".", "prod"), "aws-data-go-to-associates-only": { own } };
        return (await evaluatePolicies(waive(rules, waivers, today()), deployment, config)).findings.map(({ message }) => message);
      };
      // The agreement stands twice: in the configuration of whoever deploys, and in the list of whoever answers for the policies.
      const unlisted = '"report-ask-third-party" names llm.example.org in environment.variables.MODEL_URL, with whom there is no business associate contract.';
      expect(await judged([])).to.deep.equal([unlisted]);
      expect(await judged(["llm.example.org"])).to.deep.equal([]);
      const functions = ofType(deployment, "aws:lambda/function:Function");
      const [asking] = functions.filter(({ name }) => name === "report-ask-third-party");
      const subnets = (of: (typeof functions)[number] | undefined) => (of?.inputs["vpcConfig"] as { subnetIds: string[] }).subnetIds;
      const others = new Set(functions.filter((one) => one !== asking).flatMap(subnets));
      expect(subnets(asking).filter((subnet) => others.has(subnet))).to.deep.equal([]);
    } finally {
      folder.remove();
    }
  });

  it("satisfies the policy pack where a model of the organisation's own writes reports, on GPUs that the estimate knows", async () => {
    const served = "{ version: '2', instanceType: ml.g5.2xlarge, instances: 2 }";
    const yaml = readFileSync("Pulumi.prod.yaml", "utf8").replace(
      "svp:report: { writer: template }",
      `svp:report: { writer: sagemaker, modelId: surgical-vlm, pictures: 6, endpoint: ${served} }`,
    );
    const baseImage = `763104351884.dkr.ecr.us-east-1.amazonaws.com/vllm@sha256:${"a".repeat(64)}`;
    const shared = `${readFileSync("Pulumi.shared.yaml", "utf8")}  svp:languageModel: { baseImage: "${baseImage}" }\n`;
    const folder = projectFolder({ "Pulumi.prod.yaml": yaml, "Pulumi.shared.yaml": shared });
    try {
      for (const stack of ["shared", "prod"] as const) {
        const deployment = await deploy({ root: folder.root, stack, provider: offlineProvider() });
        expect(deployment.findings).to.deep.equal([]);
        const { findings } = await evaluatePolicies(waive(rules, waivers, today()), deployment, readPolicyConfig(".", stack));
        expect(findings.map(({ message }) => message)).to.deep.equal([]);
        if (stack === "shared") {
          const image = ofType(deployment, "awsx:ecr:Image").find(({ name }) => name.startsWith("language-model"));
          expect(image?.inputs["args"]).to.deep.equal({ BASE_IMAGE: baseImage });
          continue;
        }
        const [line, ...others] = idleCost(deployment.resources).lines.filter(({ what }) => what.includes("ml.g5.2xlarge"));
        expect([line?.quantity, line?.price.usd, others]).to.deep.equal([2 * 730, 1.515, []]);
      }
    } finally {
      folder.remove();
    }
  });

  it("registers the same resources with the same inputs when it is run again", async () => {
    for (const stack of ["shared", "prod"]) {
      const again = await deploy({ root: project.root, stack, provider: offlineProvider() });
      expect(manifestOf(again, project.root)).to.deep.equal(manifestOf(await run(stack), project.root));
    }
  });

  for (const [stack, account] of Object.entries(accounts)) {
    describe(`on stack ${stack}`, () => {
      let deployment: Deployment;
      before(async () => {
        deployment = await run(stack);
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
          datasetsBucket: `svp-${stack}-${account}-datasets`,
          modelsBucket: `svp-${stack}-${account}-models`,
          caseTable: `svp-${stack}-cases`,
          uploadQueueUrl: `https://sqs.us-east-1.amazonaws.com/${account}/svp-${stack}-upload-events-queue`,
          deadLetterQueueUrl: `https://sqs.us-east-1.amazonaws.com/${account}/svp-${stack}-upload-events-queue-dead-letters`,
          stateMachineArn: `arn:aws:states:us-east-1:${account}:stateMachine:svp-${stack}-case-analysis`,
          inferenceEndpoint: `svp-${stack}-inference-m5-large`,
          alertTopicArn: `arn:aws:sns:us-east-1:${account}:svp-${stack}-alerts`,
        });
        expect(deployment.outputs["siteUrl"]).to.match(/^https:\/\//);
        expect(deployment.outputs["siteDistribution"]).to.match(/\.cloudfront\.net$/);
        expect(deployment.outputs["dashboardUrl"]).to.contain(`#dashboards/dashboard/svp-${stack}-dashboard`);
      });

      it("gives every function a role of its own, in subnets without a way to the internet", () => {
        const functions = ofType(deployment, "aws:lambda/function:Function");
        // Another account comes before two of them, which look there for networks.
        const count = functionCount + (stack === "staging" || stack === "prod" ? 1 : 0);
        expect(functions).to.have.length(count);
        expect(new Set(functions.map(({ inputs }) => inputs["role"])).size).to.equal(count);
        const isolated = ofType(deployment, "aws:ec2/subnet:Subnet").flatMap(({ id, inputs }) =>
          (inputs["tags"] as { tier: string }).tier === "isolated" ? [id] : [],
        );
        for (const { inputs } of functions) expect((inputs["vpcConfig"] as { subnetIds: string[] }).subnetIds).to.deep.equal(isolated);
      });

      it("bounds every role", () => {
        const boundary = (kind: string) => `arn:aws:iam::${account}:policy/svp-${stack}-${kind}`;
        for (const { inputs, name } of ofType(deployment, "aws:iam/role:Role"))
          expect(inputs["permissionsBoundary"], name).to.equal(boundary(upkeepRoles.includes(name) ? "upkeep-boundary" : "boundary"));
      });

      it("lets every role do within its boundary what it is granted", () => {
        const roles = new Map(ofType(deployment, "aws:iam/role:Role").map(({ inputs }) => [inputs["name"], inputs["permissionsBoundary"]]));
        const boundaries = ofType(deployment, "aws:iam/policy:Policy");
        expect(boundaries.map(({ name }) => name)).to.deep.equal(["boundary", "upkeep-boundary"]);
        for (const { inputs, outputs, name } of boundaries) {
          const bounded = deployment.resources.filter(({ inputs: { role } }) => roles.get(role) === outputs["arn"]);
          expect(bounded, name).not.to.have.length(0);
          expect(outside(bounded, inputs["policy"] as string), name).to.deep.equal([]);
        }
      });

      it("tags everything with who answers for it and whose data it may hold", () => {
        const [provider] = ofType(deployment, "pulumi:providers:aws");
        expect(provider?.inputs["defaultTags"]).to.deep.equal({
          tags: {
            project: "svp",
            environment: stack,
            owner: "surgical-video-team",
            "cost-center": "research",
            "data-classification": stack === "prod" || stack === "staging" ? "phi" : "synthetic",
          },
        });
      });

      it("runs the image of stack shared, by digest", () => {
        for (const { inputs } of ofType(deployment, "aws:sagemaker/model:Model")) {
          expect(inputs)
            .to.have.nested.property("primaryContainer.image")
            .that.matches(/^777777777777\.dkr\.ecr\.us-east-1\.amazonaws\.com\/svp\/inference@sha256:[0-9a-f]{64}$/);
        }
      });
    });
  }

  it("protects what holds data wherever it must outlive the stack", async () => {
    const stateful = ["aws:s3/bucket:Bucket", "aws:dynamodb/table:Table", "aws:kms/key:Key", "aws:ecr/repository:Repository", "aws:cognito/userPool:UserPool"];
    const unprotected = async (stack: string) =>
      (await run(stack)).resources.filter(({ type, protect }) => stateful.includes(type) && !protect).map(({ name }) => name);
    expect(await unprotected("prod")).to.deep.equal([]);
    expect(await unprotected("staging")).to.deep.equal([]);
    expect(await unprotected("shared")).to.deep.equal([]);
    expect(await unprotected("local")).to.have.length.above(9);
  });

  it("takes the role that deploys, except where there is no account", async () => {
    const roles = async (stack: string) => ofType(await run(stack), "pulumi:providers:aws").map(({ inputs }) => inputs["assumeRoles"]);
    expect(await roles("prod")).to.deep.equal([[{ roleArn: "arn:aws:iam::333333333333:role/svp-deploy", sessionName: "svp-prod" }]]);
    expect(await roles("local")).to.deep.equal([undefined]);
  });

  it("makes what all share in four accounts, each part in its own", async () => {
    const deployment = await run("shared");
    const providers = ofType(deployment, "pulumi:providers:aws");
    const accountOf = new Map(providers.map(({ urn, inputs }) => [urn, (inputs["allowedAccountIds"] as string[])[0]]));
    const placed = (type: string) => [...new Set(ofType(deployment, type).map(({ provider }) => accountOf.get(provider ?? "")))];
    expect([...accountOf.values()]).to.deep.equal(["444444444444", "555555555555", "666666666666", "777777777777"]);
    expect(placed("aws:organizations/policy:Policy")).to.deep.equal(["444444444444"]);
    expect(placed("aws:cloudtrail/trail:Trail")).to.deep.equal(["444444444444"]);
    expect(placed("aws:s3/bucket:Bucket")).to.deep.equal(["555555555555"]);
    expect(placed("aws:guardduty/detector:Detector")).to.deep.equal(["666666666666"]);
    expect(placed("aws:ecr/repository:Repository")).to.deep.equal(["777777777777"]);
    expect(deployment.resources.filter(({ type, provider }) => type.startsWith("aws:") && !accountOf.has(provider ?? ""))).to.deep.equal([]);
  });

  it("switches the audit account's services on, names it their administrator, and only then configures the organisation", async () => {
    const { resources } = await run("shared");
    const component = (kind: string) => resources.find(({ type }) => type === `svp:organization:${kind}`);
    const childrenOf = (kind: string) => resources.filter(({ parent, custom }) => custom && parent === component(kind)?.urn).map(({ urn }) => urn);
    expect(childrenOf("SecurityServices")).not.to.deep.equal([]);
    expect(component("Delegation")?.dependencies).to.include.members(childrenOf("SecurityServices"));
    expect(component("SecurityTooling")?.dependencies).to.include.members(childrenOf("Delegation"));
  });

  it("has Security Hub check every account but the organisation's own", async () => {
    const checked = ofType(await run("shared"), "aws:securityhub/configurationPolicyAssociation:ConfigurationPolicyAssociation");
    expect(checked.map(({ inputs }) => inputs["targetId"])).to.have.members([
      ...["555555555555", "666666666666", "777777777777"],
      ...["111111111111", "222222222222", "333333333333"],
    ]);
  });

  it("watches for threats and for access from outside in every Region that data may lie in", async () => {
    const deployment = await run("shared");
    const regionsOf = (type: string) => ofType(deployment, type).map(({ inputs }) => inputs["region"]);
    for (const type of ["guardduty/detector:Detector", "guardduty/organizationConfiguration:OrganizationConfiguration"])
      expect(regionsOf(`aws:${type}`), type).to.deep.equal(["us-east-1", "us-west-2"]);
    const outside = ofType(deployment, "aws:accessanalyzer/analyzer:Analyzer").filter(({ inputs }) => inputs["type"] === "ORGANIZATION");
    expect(outside.map(({ inputs }) => inputs["region"])).to.deep.equal(["us-east-1", "us-west-2"]);
  });

  it("shares the image with the environments' accounts", async () => {
    const [readers] = ofType(await run("shared"), "aws:ecr/repositoryPolicy:RepositoryPolicy");
    const [{ Principal }] = JSON.parse(readers?.inputs["policy"] as string).Statement;
    // dev, prod, staging: the engine hands objects over by their keys' order.
    expect(Principal.AWS).to.deep.equal(["111111111111", "333333333333", "222222222222"].map((id) => `arn:aws:iam::${id}:root`));
  });
});

describe("labels of Rekognition", () => {
  const on = (more: string) => readFileSync("Pulumi.local.yaml", "utf8").replace(/svp:rekognition: \{.*\}/, `svp:rekognition: { ${more}, pollSeconds: 5 }`);

  it("can be switched on where the policies' profile says so, too, and nowhere else", async () => {
    const { root, remove } = projectFolder({ "Pulumi.local.yaml": on("enabled: true, labels: true") });
    try {
      const deployment = await deploy({ root, stack: "local", provider: offlineProvider() });
      expect(deployment.findings).to.deep.equal([]);
      const profile = readPolicyConfig(".", "local");
      const judged = async (config: typeof profile) =>
        (await evaluatePolicies(waive(rules, waivers, today()), deployment, config)).findings.map(({ rule }) => rule).sort();
      const [grants, machines] = ["rekognition-policy-grants-no-recognition-of-people", "sfn-rekognition-looks-for-no-face"] as const;
      expect([...new Set(await judged(profile))]).to.deep.equal([grants, machines]);
      const operations = ["DetectText", "GetLabelDetection", "GetSegmentDetection", "StartLabelDetection", "StartSegmentDetection"];
      expect(await judged({ ...profile, [grants]: { operations }, [machines]: { operations } })).to.deep.equal([]);
    } finally {
      remove();
    }
  });

  it("are refused where Rekognition is off", async () => {
    const { root, remove } = projectFolder({ "Pulumi.local.yaml": on("enabled: false, labels: true") });
    try {
      const { message } = await failure(deploy({ root, stack: "local", provider: offlineProvider() }));
      expect(message).to.contain("- svp:rekognition.labels: needs Rekognition: set enabled, or labels to false.");
    } finally {
      remove();
    }
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
  svp:organization: hospital
  svp:owner: "<me>"
  svp:account: { id: "12", deployRole: "arn:aws:iam::111111111111:role/x" }
  svp:alerts: { emails: [ops], monthlyDollars: 0 }
  svp:shared: shared
  svp:dataClassification: secret
  svp:removal: forget
  svp:network: { cidr: 10.0.0.0/16, zones: [], nat: double, endpoints: [ssm] }
  svp:retention: { logs: 2000, accessLogs: 1, noncurrentVersions: 0, sources: [{ days: 1, storageClass: COLD }] }
  svp:backup: { dailyDays: 35, monthlyDays: 365 }
  svp:functions: { codeSigning: false }
  svp:rekognition: { enabled: maybe, pollSeconds: 0 }
  svp:inference: { instanceType: m5.large, minimumInstances: 1, maximumInstances: 1, capturePercent: 101 }
  svp:acceleratedUploads: false
  svp:browserOrigins: ["http://example.org", "https://*.example.org"]
  svp:modelReaders: ["1"]
  svp:access: { page: elsewhere, domainPrefix: svp, countries: [US], playbackKeys: [] }
  svp:rekogntion: {}
`,
    );
    expect(message).to.contain("Pulumi.dev.yaml:\n");
    for (const line of [
      "svp:region: must be a Region such as us-east-1.",
      "svp:organization: must be the id of an organisation such as o-a1b2c3d4e5.",
      "svp:owner: must be a name without special characters.",
      "svp:costCenter: Invalid input: expected string, received undefined.",
      "svp:account.id: must be 12 digits in quotes.",
      "svp:alerts.emails.0: must be an e-mail address.",
      "svp:alerts.monthlyDollars: Too small",
      "svp:shared: must be organisation/project/stack.",
      "svp:dataClassification: Invalid option: expected one of",
      "svp:removal: Invalid option: expected one of",
      "svp:network.nat: Invalid option: expected one of",
      "svp:network.endpoints.0: Invalid option: expected one of",
      "svp:retention.logs: must be one of 0, 1, 3,",
      "svp:retention.noncurrentVersions: must be a whole number of days, 1 or more.",
      "svp:retention.sources.0.storageClass: Invalid option",
      "svp:rekognition.enabled: Invalid input: expected boolean, received string.",
      "svp:rekognition.pollSeconds: Too small: expected number to be >=1.",
      "svp:inference.instanceType: must be an instance type such as ml.m5.large.",
      "svp:inference.capturePercent: Too big",
      "svp:browserOrigins.0: must be an origin such as https://review.example.org, without a wildcard.",
      "svp:browserOrigins.1: must be an origin",
      "svp:modelReaders.0: must be 12 digits in quotes.",
      "svp:{rekogntion}: Unrecognized key",
    ]) {
      expect(message).to.contain(`- ${line}`);
    }
  });

  it("names what is missing, and a role of another account", async () => {
    const message = await mistakes(
      "shared",
      `config:
  svp:region: us-east-1
  svp:accounts:
    management: { id: "444444444444", deployRole: "arn:aws:iam::111111111111:role/x" }
`,
    );
    expect(message).to.contain("- svp:accounts.management.deployRole: must be a role of the account.");
    for (const key of ["accounts.logArchive", "accounts.audit", "accounts.services", "removal", "environments", "regions", "retention", "organization"])
      expect(message).to.contain(`- svp:${key}: `);
  });

  it("sweeps no class away whose cases need be kept for no day", async () => {
    const sweep = "settleSeconds: 20\n    sweep: { everyDays: 32, classes: [research, all], most: 5 }";
    const yaml = (change: string) => readFileSync("Pulumi.local.yaml", "utf8").replace("settleSeconds: 20", change);
    const form = await mistakes("local", yaml(sweep));
    expect(form).to.contain("- svp:retention.sweep.everyDays: ").and.to.contain("- svp:retention.sweep.classes.1: ");
    const none = await mistakes("local", yaml(sweep.replace("32", "1").replace(", all", "")));
    expect(none).to.contain("- svp:retention.sweep.classes: must not name research, whose cases need be kept for no day.");
  });

  it("calls nothing stale that an execution could still be redriven with where anything is retained, and no version that waits before its files", async () => {
    const yaml = (cleanUp: string) => `${readFileSync("Pulumi.prod.yaml", "utf8")}\n  svp:learning: { cleanUp: ${cleanUp} }\n`;
    expect(await mistakes("prod", yaml("{ staleDays: 14 }"))).to.contain("- svp:learning.cleanUp.staleDays: must be 15 at least where data is retained");
    expect(await mistakes("prod", yaml("{ undecidedDays: 29 }"))).to.contain("- svp:learning.cleanUp.undecidedDays: must be staleDays at least.");
  });

  it("fetches no networks where it could not take the role there", async () => {
    const message = await mistakes("prod", readFileSync("Pulumi.prod.yaml", "utf8").replace(", sts]", "]"));
    expect(message).to.contain("- svp:promotion: svp:network.endpoints must hold sts: the function that fetches has no other way to its role there.");
  });

  it("keeps what all share, and has its Region among those allowed, said beside the other mistakes", async () => {
    const message = await mistakes(
      "shared",
      `config:
  svp:region: eu-central-1
  svp:removal: destroy
  svp:regions: [us-east-1, us-west-2]
`,
    );
    for (const line of [
      "svp:removal: must be retain: nobody can delete what the archive has locked.",
      "svp:regions: must contain svp:region.",
      "svp:owner: Invalid input",
      "svp:accounts: Invalid input",
    ])
      expect(message).to.contain(`- ${line}`);
  });

  it("names each allowed Region once, and says no more of Regions that are none", async () => {
    const twice = await mistakes("shared", "config:\n  svp:region: us-east-1\n  svp:regions: [us-east-1, us-west-2, us-west-2]\n");
    expect(twice).to.contain("- svp:regions: must name each Region once.");
    const none = await mistakes("shared", "config:\n  svp:region: us-east-1\n  svp:regions: [Oregon]\n");
    expect(none).to.contain("- svp:regions.0: must be a Region such as us-east-1.");
    expect(none).not.to.contain("must contain svp:region");
  });
});
