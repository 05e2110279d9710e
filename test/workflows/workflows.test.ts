import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { readProject } from "../../local/deploy/project.ts";
import { pulumiVersion } from "../../local/engine/pulumi-cli.ts";
import { root } from "../../local/root.ts";
import { readCatalogue } from "../../models/catalogue.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly uses?: string;
  readonly needs?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(root, ".github/workflows");
const texts = new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]));
const workflows = new Map([...texts].map(([file, text]) => [file, parse(text) as Workflow]));
const workflow = (file: string): Workflow => workflows.get(file) as Workflow;
const jobs = [...workflows].flatMap(([file, { jobs: all }]) => Object.entries(all).map(([name, job]) => ({ file, name, job })));
const steps = jobs.flatMap(({ file, name, job }) => (job.steps ?? []).map((step) => ({ place: `${file} ${name}`, step })));
const scripts = (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> }).scripts;

/** How a workflow names the stack that it is called for, after a dollar sign. */
const stackInput = "{{ inputs.stack }}";

describe("workflows of GitHub Actions", () => {
  it("name other people's actions by digest, with the version beside it", () => {
    const uses = [...texts].flatMap(([file, text]) => (text.match(/uses: .*$/gm) ?? []).map((line) => `${file}: ${line}`));
    expect(uses.filter((line) => !/uses: (\.\/\.github\/workflows\/[\w-]+\.yml|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/.test(line))).to.deep.equal([]);
    const digests = uses.flatMap((line) => /uses: (\S+)@(\S+)/.exec(line)?.slice(1).join(" ") ?? []);
    const perAction = Map.groupBy(new Set(digests), (use) => use.split(" ")[0]);
    expect([...perAction.values()].filter((own) => own.length > 1)).to.deep.equal([]);
  });

  it("may read the code and no more, unless a job says what for", () => {
    for (const [file, { permissions }] of workflows) expect(permissions, file).to.deep.equal({ contents: "read" });
    const more = jobs.flatMap(({ file, name, job }) => (job.permissions === undefined ? [] : [[`${file} ${name}`, job.permissions]]));
    const deploying = { contents: "read", "id-token": "write" };
    expect(Object.fromEntries(more)).to.deep.equal({
      "preview.yml comment": { "pull-requests": "write" },
      "deploy.yml shared": deploying,
      "deploy.yml dev": deploying,
      "deploy.yml staging": deploying,
      "deploy.yml prod": deploying,
      "deploy-stack.yml deploy": deploying,
      "train.yml train": deploying,
    });
  });

  it("hold no secret, and leave no token in the folder", () => {
    expect([...texts].filter(([, text]) => /\bsecrets\b/.test(text)).map(([file]) => file)).to.deep.equal([]);
    const checkouts = steps.filter(({ step }) => step.uses?.startsWith("actions/checkout@"));
    expect(checkouts.filter(({ step }) => step.with?.["persist-credentials"] !== false).map(({ place }) => place)).to.deep.equal([]);
    expect(checkouts.length).to.be.greaterThan(3);
  });

  it("put nothing that others write into a shell", () => {
    expect(steps.filter(({ step }) => step.run?.includes("${{")).map(({ place }) => place)).to.deep.equal([]);
  });

  it("run scripts that there are", () => {
    const called = steps.flatMap(({ step }) => [...(step.run ?? "").matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name]) => name as string));
    expect(called.filter((name) => !(name in scripts))).to.deep.equal([]);
    expect(called).to.include("build");
  });

  it("give a pull request no account", () => {
    const reached = (file: string): string[] => [
      file,
      ...Object.values(workflow(file).jobs).flatMap(({ uses }) => (uses === undefined ? [] : reached(uses.replace(/^.*\//, "")))),
    ];
    const onPullRequest = [...workflows].filter(([, { on }]) => "pull_request" in on).flatMap(([file]) => reached(file));
    expect([...new Set(onPullRequest)].sort()).to.deep.equal(["check.yml", "image.yml", "preview.yml"]);
    expect([...workflows.values()].filter(({ on }) => "pull_request_target" in on || "workflow_run" in on)).to.deep.equal([]);
    for (const file of onPullRequest) expect(texts.get(file), file).not.to.match(/id-token: write|configure-aws-credentials|pulumi login/);
  });

  it("deploy every stack after the one before it, in the environment of its name, with the CLI of the program's version", () => {
    const { jobs: deploy } = workflow("deploy.yml");
    const order = ["check", "shared", "dev", "staging", "prod"];
    expect(Object.entries(deploy).map(([name, { needs, with: given }]) => [name, needs, given?.["stack"]])).to.deep.equal(
      order.map((name, i) => [name, order[i - 1], i === 0 ? undefined : name]),
    );
    expect(order.slice(1).sort()).to.deep.equal(
      readProject(root)
        .stacks.filter((stack) => stack !== "local")
        .sort(),
    );
    const one = workflow("deploy-stack.yml").jobs["deploy"] as Job;
    expect(one.environment).to.equal(`$${stackInput}`);
    expect(one.steps?.find(({ uses }) => uses?.startsWith("pulumi/actions@"))?.with).to.deep.equal({ "pulumi-version": pulumiVersion });
    expect(
      one.steps?.filter(({ run }) => /pulumi (up|preview)/.test(run ?? "")).every(({ run }) => run?.includes("--policy-pack policies --policy-pack-config")),
    ).to.equal(true);
  });

  it("start the training of a network of the catalogue, in an environment's account and as nobody who may do more", () => {
    const { on, jobs: all } = workflow("train.yml");
    const { inputs } = on["workflow_dispatch"] as { inputs: Record<string, { options?: string[] }> };
    expect(Object.keys(on)).to.deep.equal(["workflow_dispatch"]);
    expect(inputs["network"]?.options).to.deep.equal(readCatalogue().models.map(({ model }) => model.id));
    expect(inputs["stack"]?.options?.toSorted()).to.deep.equal(
      readProject(root)
        .stacks.filter((stack) => stack !== "local" && stack !== "shared")
        .sort(),
    );
    const job = all["train"] as Job;
    expect(job.environment).to.equal(`$${stackInput}`);
    const roles = (job.steps ?? []).filter(({ uses }) => uses?.startsWith("aws-actions/")).map((step) => step.with ?? {});
    expect(roles.map((role) => role["role-to-assume"])).to.deep.equal([
      `arn:aws:iam::$${"{{ vars.SVP_SERVICES_ACCOUNT }}"}:role/svp-shared-github-$${stackInput}`,
      `arn:aws:iam::$${"{{ vars.SVP_ACCOUNT }}"}:role/svp-deploy`,
    ]);
    expect(JSON.parse(roles[1]?.["inline-session-policy"] as string).Statement).to.deep.equal([
      {
        ...{ Effect: "Allow", Action: "sagemaker:StartPipelineExecution" },
        Resource: `arn:aws:sagemaker:$${"{{ vars.SVP_REGION }}"}:$${"{{ vars.SVP_ACCOUNT }}"}:pipeline/svp-$${stackInput}-train-$${"{{ inputs.network }}"}`,
      },
    ]);
  });

  it("take the role that the stack `shared` makes for them, and install what the README says", () => {
    const text = texts.get("deploy-stack.yml") as string;
    // The stack's own golden file writes STACK for its name.
    const made = readFileSync(join(root, "test/stacks/golden/shared.json"), "utf8");
    for (const stack of ["shared", "dev", "staging", "prod"]) expect(made).to.include(`"svp-STACK-github-${stack}"`);
    expect(text).to.include(`:role/svp-shared-github-$${stackInput}`);
    const [install] = /npm install --no-save --force @img[^`]*/.exec(readFileSync(join(root, "README.md"), "utf8")) as RegExpExecArray;
    expect(text).to.include(install);
  });
});
