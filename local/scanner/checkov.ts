import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Waiver, waivers } from "./waivers.ts";

const report = z.object({
  results: z.object({ failed_checks: z.array(z.object({ check_id: z.string(), check_name: z.string(), resource: z.string() })) }),
  summary: z.object({
    passed: z.int().positive(),
    failed: z.int().nonnegative(),
    parsing_errors: z.literal(0),
    resource_count: z.int().positive(),
    checkov_version: z.string(),
  }),
});

/** What the scanner said of one stack. */
export interface Opinion {
  readonly stack: string;
  readonly version: string;
  readonly resourceCount: number;
  readonly passed: number;
  readonly findings: readonly Finding[];
}
export interface Finding {
  readonly check: string;
  readonly title: string;
  readonly resource: string;
}

/** Has the scanner read a plan, without a network. Throws if it does not end as it should, or can't read it. */
export async function scan(bin: string, folder: string, stack: string, plan: object): Promise<Opinion> {
  const file = join(folder, `${stack}.json`);
  await writeFile(file, JSON.stringify(plan));
  const args = ["-f", file, "--framework", "terraform_plan", "-o", "json", "--compact", "--quiet", "--skip-download", "--soft-fail"];
  const text = await new Promise<string>((resolve, reject) =>
    execFile(join(bin, "checkov"), args, { maxBuffer: 2 ** 28 }, (error, stdout, stderr) =>
      error ? reject(new Error(`checkov failed: ${stderr.slice(-2000)}`)) : resolve(stdout),
    ),
  );
  const { results, summary } = report.parse(JSON.parse(text));
  return {
    stack,
    version: summary.checkov_version,
    resourceCount: summary.resource_count,
    passed: summary.passed,
    findings: results.failed_checks.map(({ check_id: check, check_name: title, resource }) => ({ check, title, resource })),
  };
}

const isWaived = ({ check, resource }: Finding, waiver: Waiver): boolean => waiver.check === check && waiver.resources.test(resource);

/** Findings that no waiver is about, and waivers that are about no finding: sentences, none if all is well. */
export function objections(opinions: readonly Opinion[], waived: readonly Waiver[] = waivers): string[] {
  const findings = opinions.flatMap(({ stack, findings: found }) => found.map((finding) => ({ stack, ...finding })));
  return [
    ...findings
      .filter((finding) => !waived.some((waiver) => isWaived(finding, waiver)))
      .map(({ stack, check, title, resource }) => `${stack}: ${check} ${title} (${resource})`),
    ...waived
      .filter((waiver) => !findings.some((finding) => isWaived(finding, waiver)))
      .map(({ check, resources }) => `The waiver of ${check} for ${resources.source} is about nothing any more: take it out.`),
  ];
}

const titleOf = (opinions: readonly Opinion[], { check }: Waiver): string =>
  opinions.flatMap(({ findings }) => findings).find((finding) => finding.check === check)?.title ?? "";

/** `docs/scanner.md`. */
export function scannerDocument(opinions: readonly Opinion[]): string {
  const found = (waiver: Waiver): number => opinions.flatMap(({ findings }) => findings).filter((finding) => isWaived(finding, waiver)).length;
  return `# An outside opinion of what the stacks declare

Written by \`npm run verify:policies -- --write\`, which fails where this page would say anything else.

[Checkov](https://www.checkov.io) ${opinions[0]?.version}, a scanner that others wrote, reads what the programs of the stacks declare, told as a Terraform plan
(\`local/scanner/terraform-plan.ts\`). It knows nothing of the policy pack here. What it finds is put right, or stands below with the reason.

| stack | resources | checks passed | found |
| --- | --- | --- | --- |
${opinions.map(({ stack, resourceCount, passed, findings }) => `| ${stack} | ${resourceCount} | ${passed} | ${findings.length} |`).join("\n")}

## What it found and stays

| check | says | of | on | because |
| --- | --- | --- | --- | --- |
${waivers.map((waiver) => `| ${waiver.check} | ${titleOf(opinions, waiver)} | ${found(waiver)} | \`${waiver.resources.source.replaceAll("|", "\\|")}\` | ${waiver.because} |`).join("\n")}
`;
}
