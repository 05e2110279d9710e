import type { Assertion, Service } from "./assertion.ts";
import { assertions } from "./assertions.ts";
import { differences } from "./differences.ts";
import type { Peer } from "./peers.ts";
import type { Verdict } from "./verdict.ts";

const code = (value: unknown): string => {
  const text = JSON.stringify(value);
  return `\`${(text.length > 120 ? `${text.slice(0, 117)}...` : text).replaceAll("|", "\\|")}\``;
};
const services: readonly Service[] = [...new Set(assertions.map(({ service }) => service))];

/** What of the verdicts of a peer is not explained, and what is explained and not there: sentences, none if all is well. */
export function unexplained({ name }: Peer, verdicts: readonly Verdict[]): string[] {
  const explained = differences[name] ?? {};
  return [
    ...verdicts.flatMap(({ assertion: { id }, agrees, observed }) =>
      !agrees && explained[id] === undefined ? [`${name} differs in ${id}, and nothing says why: it gives ${JSON.stringify(observed)}.`] : [],
    ),
    ...Object.keys(explained).flatMap((id) =>
      verdicts.some(({ assertion, agrees }) => assertion.id === id && !agrees) ? [] : [`${name} is said to differ in ${id}, and does not.`],
    ),
  ];
}

/** `docs/contracts.md`. */
export function contractsDocument(results: readonly { readonly peer: Peer; readonly version: string; readonly verdicts: readonly Verdict[] }[]): string {
  const agreeing = (verdicts: readonly Verdict[], service: Service): string => {
    const asked = verdicts.filter(({ assertion }) => assertion.service === service);
    return asked.length === 0 ? "not asked" : `${asked.filter(({ agrees }) => agrees).length} of ${asked.length}`;
  };
  const of = (service: Service): readonly Assertion[] => assertions.filter((assertion) => assertion.service === service);
  const reasons = [...new Set(assertions.flatMap(({ notAtAws }) => notAtAws ?? []))];
  const notAsked = reasons.map((reason) => `${assertions.filter(({ notAtAws }) => notAtAws === reason).length} because ${reason}`);
  return `# The local services against other people's

Written by \`npm run verify:contracts -- --write\`, which fails where this page would say anything else.

The local cloud is our reading of AWS. Here the same assertions, each with the page of AWS's documentation that it comes from, are put to
it and to implementations that others wrote. The local cloud keeps all of them, and \`npm test\` says so, too. None was put to AWS itself
yet: \`CONTRACT_TARGET=aws CONTRACT_ROLE_ARN=… CONTRACT_TRAINING_IMAGE=… npm run verify:contracts\` does that for whoever has an account; the role
is for Step Functions and SageMaker and needs \`dynamodb:GetItem\`; the image is any of ECR that the role may pull. Some
are not put to AWS: ${notAsked.join("; ")}.

| | the local cloud | ${results.map(({ peer, version }) => `[${peer.name}](${peer.home}) ${version}`).join(" | ")} |
| --- | --- | ${results.map(() => "---").join(" | ")} |
${services.map((service) => `| ${service} | ${of(service).length} of ${of(service).length} | ${results.map(({ verdicts }) => agreeing(verdicts, service)).join(" | ")} |`).join("\n")}

${results
  .flatMap(({ peer: { name, notAsked } }) => Object.entries(notAsked).map(([service, why]) => `${name} is not asked about ${service}: ${why}.`))
  .join("\n")}

## Where they differ

AWS's documentation decides, each time.

| assertion | of | AWS says | it gives | decided |
| --- | --- | --- | --- | --- |
${results
  .flatMap(({ peer: { name }, verdicts }) =>
    verdicts.flatMap(({ assertion: { id, expected }, agrees, observed }) =>
      agrees ? [] : [`| \`${id}\` | ${name} | ${code(expected)} | ${code(observed)} | ${differences[name]?.[id] ?? ""} |`],
    ),
  )
  .join("\n")}

## What is asserted

${services
  .map(
    (service) => `### ${service}

| assertion | what is so | where AWS says it |
| --- | --- | --- |
${of(service)
  .map(({ id, says, source }) => `| \`${id}\` | ${says} | ${source} |`)
  .join("\n")}
`,
  )
  .join("\n")}`;
}
