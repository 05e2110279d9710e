import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/** Wrong words on the command line. Ends a command with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A failure in words that a person can act on. Ends a command with exit code 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

export interface Command<Options extends ParseArgsOptionsConfig> {
  /** Printed by `--help` and, with the mistake, after wrong usage. */
  readonly help: string;
  readonly options: Options;
  /** Names of the arguments, for messages; all of them are required unless they are optional. */
  readonly positionals: readonly string[];
  readonly optional?: boolean;
  /** Exit code: 0 done, 1 failed. */
  // biome-ignore lint/suspicious/noExplicitAny: parseArgs infers the values' types from the options.
  run(values: Record<string, any>, positionals: string[]): Promise<number>;
}

/** Runs a command with the process's arguments. Exit codes: 0 done, 1 failed, 2 wrong usage. */
export async function main<Options extends ParseArgsOptionsConfig>(command: Command<Options>, args = process.argv.slice(2)): Promise<void> {
  process.exitCode = await execute(command, args);
}

async function execute<Options extends ParseArgsOptionsConfig>(command: Command<Options>, args: string[]): Promise<number> {
  try {
    const { values, positionals } = parse(command, args);
    if (values["help"]) {
      process.stdout.write(`${command.help.trim()}\n`);
      return 0;
    }
    const missing = command.positionals.slice(positionals.length);
    if (missing.length > 0 && !command.optional) throw new UsageError(`${missing.join(" and ")} must be given.`);
    if (positionals.length > command.positionals.length) throw new UsageError(`"${positionals[command.positionals.length]}" is one argument too many.`);
    return await command.run(values, positionals);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${command.help.trim()}\n`);
      return 2;
    }
    process.stderr.write(`${describe(error)}\n`);
    return 1;
  }
}

/** Errors that say what is wrong with the world need no stack; those that say what is wrong with the code do. */
const mistakes = [TypeError, ReferenceError, RangeError, SyntaxError];
const describe = (error: unknown): string =>
  error instanceof Error ? (mistakes.some((mistake) => error instanceof mistake) ? (error.stack ?? error.message) : error.message) : String(error);

function parse<Options extends ParseArgsOptionsConfig>(command: Command<Options>, args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { ...command.options, help: { type: "boolean", short: "h" } } }) as {
      values: Record<string, unknown>;
      positionals: string[];
    };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
