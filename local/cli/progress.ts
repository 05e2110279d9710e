import { Presets, SingleBar } from "cli-progress";

/** Tells how a long step comes on: a bar on a terminal, a plain line for each new message otherwise. */
export interface Progress {
  /** `share` in 0..1. */
  update(share: number, message: string): void;
  end(message: string): void;
}

export function progress(title: string, out: NodeJS.WriteStream = process.stderr): Progress {
  if (!out.isTTY) return plainProgress(title, out);
  const bar = new SingleBar(
    { format: `${title} {bar} {percentage}% {message}`, hideCursor: true, stopOnComplete: false, clearOnComplete: true, stream: out, linewrap: false },
    Presets.shades_classic,
  );
  bar.start(1, 0, { message: "" });
  return {
    update: (share, message) => bar.update(share, { message }),
    end(message) {
      bar.stop();
      out.write(`${title}: ${message}\n`);
    },
  };
}

function plainProgress(title: string, out: NodeJS.WritableStream): Progress {
  let last = "";
  return {
    update(_share, message) {
      if (message !== last && message !== "") out.write(`${title}: ${message}\n`);
      last = message;
    },
    end: (message) => void out.write(`${title}: ${message}\n`),
  };
}
