import { spawnSync } from "node:child_process";
import { z } from "zod";
import { root } from "../root.ts";
import { CommandError, UsageError } from "./command.ts";
import type { Connection } from "./session.ts";

/** How to reach a stack on AWS: by its outputs, as the Pulumi CLI tells them, and the credentials that the SDK finds. Throws with what the CLI says. */
export function stackConnection(stack: string): Connection {
  if (!/^[\w./-]+$/.test(stack) || stack.startsWith("-")) throw new UsageError(`--stack must name a stack, not "${stack}".`);
  const { stdout, stderr, status, error } = spawnSync("pulumi", ["stack", "output", "--json", "--stack", stack], { cwd: root, encoding: "utf8" });
  if (error) throw new CommandError(`The Pulumi CLI, which tells the outputs of stack "${stack}", can't be run: ${error.message}`);
  if (status !== 0) throw new CommandError(`The Pulumi CLI does not tell the outputs of stack "${stack}": ${stderr.trim()}`);
  const outputs = Object.fromEntries(Object.entries(told.parse(JSON.parse(stdout))).map(([name, value]) => [name, String(value)]));
  const region = outputs["stateMachineArn"]?.split(":")[3];
  if (region === undefined) throw new CommandError(`Stack "${stack}" is no environment: it has no output "stateMachineArn".`);
  return { region, outputs };
}

const told = z.record(z.string(), z.unknown());
