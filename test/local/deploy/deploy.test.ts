import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { deploy } from "../../../local/deploy/deploy.ts";
import { readConfig, readProject } from "../../../local/deploy/project.ts";
import type { Provider } from "../../../local/deploy/provider.ts";
import { failure } from "../../support/failure.ts";

const root = fileURLToPath(new URL("fixtures/two-stacks", import.meta.url));

/** Remembers what it made. */
function recordingProvider(): Provider & { readonly made: string[] } {
  const made: string[] = [];
  return {
    made,
    async create({ type, name, inputs }) {
      made.push(`${type} ${name}`);
      return { id: `${name}-id`, outputs: { arn: `arn:of:${name}`, name, ...inputs } };
    },
    async invoke(token) {
      throw new Error(`unexpected ${token}`);
    },
  };
}

describe("deploy", () => {
  it("runs the program of a stack with the stack's configuration and the project's defaults", async () => {
    const { project, stack, outputs, resources } = await deploy({ root, stack: "shared", provider: recordingProvider() });
    expect({ project, stack, outputs }).to.deep.equal({ project: "fixture", stack: "shared", outputs: { keyArn: "arn:of:logs", labels: { a: 1 } } });
    expect(resources.map(({ type, name }) => [type, name])).to.deep.equal([
      ["pulumi:pulumi:Stack", "fixture-shared"],
      ["pulumi:providers:aws", "main"],
      ["aws:kms/key:Key", "logs"],
    ]);
  });

  it("gives a StackReference the outputs of the other stack's program, run once", async () => {
    const provider = recordingProvider();
    const { outputs, resources } = await deploy({ root, stack: "dev", provider });
    expect(outputs).to.deep.equal({ group: "audit", keyArn: "arn:of:logs" });
    expect(resources.at(-1)?.inputs).to.deep.equal({ kmsKeyId: "arn:of:logs", retentionInDays: 90 });
    expect(provider.made).to.deep.equal(["aws:kms/key:Key logs", "aws:cloudwatch/logGroup:LogGroup audit"]);
  });

  it("hands objects of the configuration over by the order of their keys, as the engine does", () => {
    const folder = mkdtempSync(join(tmpdir(), "svp-config-"));
    try {
      writeFileSync(join(folder, "Pulumi.yaml"), "name: fixture\nmain: index.ts\n");
      writeFileSync(join(folder, "Pulumi.dev.yaml"), "config:\n  fixture:accounts:\n    staging: [{ z: 1, a: 2 }]\n    prod: 3\n");
      expect(readConfig(readProject(folder), "dev")).to.deep.equal({ "fixture:accounts": '{"prod":3,"staging":[{"a":2,"z":1}]}' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("tells of each resource once it is made", async () => {
    const seen: string[] = [];
    await deploy({ root, stack: "shared", provider: recordingProvider(), onResource: ({ name, id }) => void seen.push(`${name} ${id}`) });
    expect(seen.at(-1)).to.equal("logs logs-id");
  });

  const refused: [stack: string, name: string, message: string | RegExp][] = [
    [
      "nowhere",
      "ProjectError",
      /^There is no stack "nowhere" \(no Pulumi\.nowhere\.yaml\); the stacks are circle-a, circle-b, dev, missing-output, secret, shared, stranger, wrong\.$/,
    ],
    [
      "wrong",
      "ProjectError",
      [
        'Pulumi.wrong.yaml: fixture:retentionDays is "soon"; Pulumi.yaml declares it as integer.',
        "Pulumi.wrong.yaml: fixture:account is missing; Pulumi.yaml declares it without a default.",
        'Pulumi.wrong.yaml: fixture:labels is ["a"]; Pulumi.yaml declares it as object.',
      ].join("\n"),
    ],
    ["secret", "ProjectError", /fixture:account is encrypted; only the Pulumi CLI can open it/],
    ["circle-a", "DeployError", /refers in a circle: circle-b -> circle-a -> circle-b\./],
    ["missing-output", "DeployError", /Required output 'keyName' does not exist on stack 'shared'\./],
    ["stranger", "DeployError", /refers to organization\/other\/prod; only stacks of project fixture can be run offline\./],
  ];
  for (const [stack, name, message] of refused) {
    it(`refuses stack ${stack}`, async () => {
      const error = await failure(deploy({ root, stack, provider: recordingProvider() }));
      expect(error.name).to.equal(name);
      if (typeof message === "string") expect(error.message).to.equal(message);
      else expect(error.message).to.match(message);
    });
  }

  it("refuses a folder without a project", async () => {
    const error = await failure(deploy({ root: fileURLToPath(new URL(".", import.meta.url)), stack: "dev", provider: recordingProvider() }));
    expect(error.message).to.match(/^There is no Pulumi\.yaml in /);
  });
});
