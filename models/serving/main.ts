import { writeFile } from "node:fs/promises";
import { annotateVideo, annotationVariables } from "./annotate.ts";
import { conversionVariables, convertVideo } from "./convert.ts";
import { EnvironmentError, optionalProcessingVariables, processingVariables } from "./environment.ts";
import { extractFrames, extractionVariables } from "./extract.ts";
import { processVideo } from "./process.ts";
import { serve, servingVariables } from "./serve.ts";
import { trialVariables, tryModel } from "./try.ts";

/** Entry of the inference container. Exit codes: 0 done, 1 the run failed, 2 wrong arguments or environment. */
const help = `usage: node models/serving/main.ts process | annotate | extract | try | convert | serve

process   Analyse the video of one SageMaker Processing job and exit.
${describe(processingVariables)}${describe(optionalProcessingVariables)}
annotate  Draw the findings of an analysis into its review rendition and exit.
${describe(annotationVariables)}
extract   Take pictures for a dataset out of a review rendition and exit.
${describe(extractionVariables)}
try       Ask a network that is to be deployed about test pictures and exit.
${describe(trialVariables)}
convert   Make a copy of a video that the platform can read: what a task of ECS runs.
${describe(conversionVariables)}
serve     Answer pictures and segments over HTTP: GET /ping, GET /execution-parameters, POST /invocations.
${describe(servingVariables)}
All find ffmpeg and ffprobe on PATH, or where FFMPEG_PATH and FFPROBE_PATH say.
`;

function describe(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, meaning]) => `            ${name.padEnd(24)}${meaning}\n`)
    .join("");
}

type Command = "process" | "annotate" | "extract" | "try" | "convert" | "serve";
function isCommand(word: string | undefined): word is Command {
  return word !== undefined && ["process", "annotate", "extract", "try", "convert", "serve"].includes(word);
}

const stop = new AbortController();
// SageMaker stops a container with SIGTERM and kills it later; a run in a native call has to end by itself first.
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());

const [command, ...rest] = process.argv.slice(2);
if (command === "--help" || command === "-h") process.stdout.write(help);
else if (rest.length > 0 || !isCommand(command)) {
  process.stderr.write(`${command === undefined ? "A command is missing." : `"${[command, ...rest].join(" ")}" is not a command.`}\n\n${help}`);
  process.exitCode = 2;
} else await run(command);

async function run(command: Command): Promise<void> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  try {
    if (command === "process") await processVideo(process.env, print, stop.signal);
    else if (command === "annotate") await annotateVideo(process.env, print, stop.signal);
    else if (command === "extract") await extractFrames(process.env, print, stop.signal);
    else if (command === "try") await tryModel(process.env, print);
    // The SDK takes a while to load, and nothing else needs it.
    else if (command === "convert") await convertVideo(process.env, print, stop.signal, (await import("./objects.ts")).s3Objects());
    else await serve(process.env, print, stop.signal);
  } catch (error) {
    const reasons = error instanceof EnvironmentError ? error.reasons : [(error as Error).message];
    print(JSON.stringify({ message: "failed", reasons }));
    if (command !== "serve") await leaveExitMessage(reasons.join(" "));
    process.exitCode = error instanceof EnvironmentError ? 2 : 1;
  }
}

/** SageMaker shows the first kilobyte of this file as the job's ExitMessage. Where nobody made its folder, nobody reads it. */
async function leaveExitMessage(text: string): Promise<void> {
  const file = process.env["EXIT_MESSAGE_FILE"] ?? "/opt/ml/output/message";
  await writeFile(file, text.slice(0, 1000)).catch(() => {});
}
