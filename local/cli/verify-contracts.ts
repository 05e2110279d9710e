import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Subject } from "../conformance/assertion.ts";
import { assertions } from "../conformance/assertions.ts";
import { contractsDocument, unexplained } from "../conformance/document.ts";
import { isAsked, openPeer, peers } from "../conformance/peers.ts";
import { openByCalls, openOurs } from "../conformance/subjects.ts";
import { judge, type Verdict } from "../conformance/verdict.ts";
import { root } from "../root.ts";
import { main, UsageError } from "./command.ts";
import { pythonTools } from "./python-tools.ts";
import { keepPage } from "./verified-page.ts";

const document = "docs/contracts.md";
const requirements = join(root, "local/conformance/requirements.txt");

await main({
  help: `
npm run verify:contracts [-- --write]

Puts ${assertions.length} assertions about S3, DynamoDB, SQS, EventBridge, Step Functions, SageMaker, STS, CloudWatch and GuardDuty, each from a page of AWS's documentation, to the local cloud
and to implementations that others wrote (${peers.map(({ name }) => name).join(", ")}), which are installed into node_modules/.cache from a package index of Python, once.
It fails where the local cloud differs from what is documented, and where another one differs and ${document} does not say why.

  --write      write ${document}
  -h, --help   this text

CONTRACT_TARGET=aws puts them to AWS instead, with the credentials of the environment, in buckets, tables, queues, rules, alarms and
machines named svp-conformance-…; buckets, pipelines, models, configurations of endpoints and groups of model packages are left. ${document} says which
are not put to AWS, and why. CONTRACT_ROLE_ARN names the role of its state machines and training jobs,
CONTRACT_TRAINING_IMAGE the image of those, and of models. This costs cents.
Needs Python 3.10 or newer with venv (PYTHON_TOOLS, by default python3). On Debian: apt-get install -y python3-venv
Exit code: 0 nothing differs that is not explained; 1 something does, or a tool is missing; 2 wrong usage.`,
  options: { write: { type: "boolean" } },
  positionals: [],
  async run({ write }) {
    const { CONTRACT_TARGET: target, CONTRACT_ROLE_ARN: roleArn, CONTRACT_TRAINING_IMAGE: trainingImage } = process.env;
    if (target !== undefined && target !== "aws") throw new UsageError(`CONTRACT_TARGET is "${target}"; it may only be aws.`);
    if (target === "aws") {
      if (write) throw new UsageError(`--write is for what every machine can repeat; AWS's answers are not part of ${document}.`);
      if (!roleArn) throw new UsageError("CONTRACT_ROLE_ARN must name a role that Step Functions and SageMaker may take, with dynamodb:GetItem.");
      const asked = assertions.filter(({ notAtAws }) => notAtAws === undefined);
      return tell(failuresOf("AWS", await tried("AWS", await openByCalls({ roleArn, trainingImage }), asked)));
    }
    const bin = pythonTools("contract-peers", requirements);
    const failures = failuresOf("The local cloud", await tried("The local cloud", await openOurs()));
    const results = [];
    for (const peer of peers) {
      const asked = assertions.filter((assertion) => isAsked(peer, assertion));
      const verdicts = await tried(peer.name, await openPeer(peer, bin), asked);
      failures.push(...unexplained(peer, verdicts));
      results.push({ peer, version: versionOf(peer.name), verdicts });
    }
    const text = contractsDocument(results);
    failures.push(...(await keepPage(root, document, text, { write, script: "verify:contracts" })));
    return tell(failures);
  },
});

/** Puts assertions to a subject, and closes it. */
async function tried(name: string, subject: Subject, asked = assertions): Promise<Verdict[]> {
  try {
    const verdicts = await judge(asked, subject);
    process.stdout.write(`${name}: ${verdicts.filter(({ agrees }) => agrees).length} of ${verdicts.length} agree.\n`);
    return verdicts;
  } finally {
    await subject.close();
  }
}

function failuresOf(name: string, verdicts: readonly Verdict[]): string[] {
  return verdicts.flatMap(({ assertion: { id, says, expected }, agrees, observed }) =>
    agrees ? [] : [`${name} differs in ${id}: ${says} Expected ${JSON.stringify(expected)}, got ${JSON.stringify(observed)}.`],
  );
}

function tell(failures: readonly string[]): number {
  for (const failure of failures) process.stdout.write(`${failure}\n`);
  return failures.length === 0 ? 0 : 1;
}

/** The version that the list of requirements pins. */
function versionOf(name: string): string {
  return new RegExp(`^${name}(?:\\[[^\\]]*\\])?==(\\S+)$`, "m").exec(readFileSync(requirements, "utf8"))?.[1] ?? "";
}
