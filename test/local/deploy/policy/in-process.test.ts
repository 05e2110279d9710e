import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, type StackValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { expect } from "chai";
import type { Deployment } from "../../../../local/deploy/deployment.ts";
import { evaluatePolicies } from "../../../../local/deploy/policy/in-process.ts";
import { unknownValue } from "../../../../local/deploy/values.ts";
import { failure } from "../../../support/failure.ts";
import { deploymentOf } from "../../../support/programs.ts";

const named: ResourceValidationPolicy = {
  name: "queue-is-named",
  description: "Queues must have a name.",
  severity: "low",
  configSchema: { properties: { prefix: { type: "string", default: "svp-" } } },
  validateResource: validateResourceOfType(aws.sqs.Queue, (queue, args, report) => {
    const { prefix } = args.getConfig<{ prefix: string }>();
    if (!queue.name?.startsWith(prefix)) report(`${args.name} is named ${queue.name}; it must start with ${prefix}.`);
  }),
};

const few: StackValidationPolicy = {
  name: "stack-has-few-queues",
  description: "There must be few queues.",
  enforcementLevel: "advisory",
  validateStack: ({ resources, notApplicable }, report) => {
    const queues = resources.filter((resource) => resource.isType(aws.sqs.Queue));
    if (queues.length === 0) notApplicable("There is no queue.");
    if (queues.length > 1) report(`There are ${queues.length} queues.`);
    for (const queue of queues) if (queue.parent === undefined) report("A queue lies outside the stack.", queue.urn);
  },
};

const queues = (...names: string[]): Promise<Deployment> => deploymentOf((opts) => names.map((name, index) => new aws.sqs.Queue(`q${index}`, { name }, opts)));
const urn = (name: string): string => `urn:pulumi:unit::svp::aws:sqs/queue:Queue::${name}`;

describe("evaluatePolicies", () => {
  it("reports violations with level, severity and resource, in a fixed order", async () => {
    const { findings, applied } = await evaluatePolicies([few, named], await queues("b", "a", "svp-c"));
    expect(findings).to.deep.equal([
      { rule: "queue-is-named", enforcementLevel: "mandatory", severity: "low", urn: urn("q0"), message: "q0 is named b; it must start with svp-." },
      { rule: "queue-is-named", enforcementLevel: "mandatory", severity: "low", urn: urn("q1"), message: "q1 is named a; it must start with svp-." },
      { rule: "stack-has-few-queues", enforcementLevel: "advisory", severity: undefined, urn: undefined, message: "There are 3 queues." },
    ]);
    expect(applied).to.deep.equal({
      "queue-is-named": ["q0", "q1", "q2"].map(urn),
      "stack-has-few-queues": ["urn:pulumi:unit::svp::pulumi:pulumi:Stack::svp-unit"],
    });
  });

  it("takes levels and settings from the configuration, the rule's own before those for all", async () => {
    const { findings } = await evaluatePolicies([few, named], await queues("b", "a"), {
      all: "advisory",
      "stack-has-few-queues": "mandatory",
      "queue-is-named": { prefix: "b" },
    });
    expect(findings.map(({ enforcementLevel, message }) => [enforcementLevel, message])).to.deep.equal([
      ["advisory", "q1 is named a; it must start with b."],
      ["mandatory", "There are 2 queues."],
    ]);
  });

  it("applies a disabled rule to nothing", async () => {
    const { findings, applied } = await evaluatePolicies([few, named], await queues("b"), { "queue-is-named": "disabled" });
    expect(findings).to.deep.equal([]);
    expect(applied["queue-is-named"]).to.deep.equal([]);
    expect(applied["stack-has-few-queues"]).to.have.length(1);
  });

  it("counts a rule that does not apply as not applied", async () => {
    const { applied } = await evaluatePolicies([few, named], await queues());
    expect(applied).to.deep.equal({ "queue-is-named": [], "stack-has-few-queues": [] });
  });

  it("turns a rule that reads an unknown value into an advice, as the engine does", async () => {
    const deployment = await queues("b");
    const unknown = { ...deployment, resources: deployment.resources.map((resource) => ({ ...resource, inputs: { ...resource.inputs, name: unknownValue } })) };
    const { findings } = await evaluatePolicies([named], unknown);
    expect(findings).to.have.length(1);
    expect(findings[0]).to.deep.include({ rule: "queue-is-named", enforcementLevel: "advisory", urn: urn("q0") });
    expect(findings[0]?.message).to.match(/string value at \.name can't be known during preview$/);
  });

  it("refuses a configuration that fits no rule, with every reason", async () => {
    const error = await failure(
      evaluatePolicies([few, named], await queues(), { "queue-is-namd": "advisory", "queue-is-named": { prefix: 5, sufix: "x" } }).then(),
    );
    expect(error.message.split("\n")).to.deep.equal([
      'There is no rule "queue-is-namd"; the rules are stack-has-few-queues, queue-is-named.',
      'Rule "queue-is-named.prefix": Invalid input: expected string, received number.',
      'Rule "queue-is-named": Unrecognized key: "sufix".',
    ]);
  });

  it("lets an error inside a rule through, naming the rule", async () => {
    const broken: ResourceValidationPolicy = {
      name: "broken",
      description: "Breaks.",
      validateResource: () => {
        throw new Error("snap");
      },
    };
    expect((await failure(evaluatePolicies([broken], await queues("a")))).message).to.match(/policy 'broken'[\s\S]*snap/);
  });
});
