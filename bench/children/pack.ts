import { deploy } from "../../local/deploy/deploy.ts";
import { readPolicyConfig } from "../../local/deploy/policy/config.ts";
import { evaluatePolicies } from "../../local/deploy/policy/in-process.ts";
import { offlineProvider } from "../../local/provider/offline.ts";
import { root } from "../../local/root.ts";
import { rules } from "../../policies/rules/index.ts";

/** Runs the program of a stack and has the pack judge it, as a preview does: once. Prints what each took, in seconds. */
const [stack] = process.argv.slice(2);
if (stack === undefined) throw new Error("usage: pack.ts STACK");

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; cpuSeconds: number; wallSeconds: number }> {
  const [cpu, started] = [process.cpuUsage(), performance.now()];
  const value = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { value, cpuSeconds: (user + system) / 1e6, wallSeconds: (performance.now() - started) / 1000 };
}

const program = await timed(() => deploy({ root, stack, provider: offlineProvider() }));
const config = readPolicyConfig(root, stack);
const pack = await timed(() => evaluatePolicies(rules, program.value, config));
const taken = ({ cpuSeconds, wallSeconds }: typeof pack | typeof program) => ({ cpuSeconds, wallSeconds });
process.stdout.write(JSON.stringify({ program: taken(program), pack: taken(pack), pairs: program.value.resources.length * rules.length }));
