import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../wire/free-port.ts";
import { type Assertion, pause, type Service, type Subject } from "./assertion.ts";
import { openByCalls } from "./subjects.ts";

/** An implementation of AWS's services by somebody else. */
export interface Peer {
  readonly name: string;
  /** Where its source is. */
  readonly home: string;
  /** Services that it is not asked about, with the reason. */
  readonly notAsked: Readonly<Partial<Record<Service, string>>>;
  /** The server's command and settings, for a port of 127.0.0.1. */
  server(port: number): { program: string; args: readonly string[]; environment: Readonly<Record<string, string>> };
}

export const peers: readonly Peer[] = [
  {
    name: "moto",
    home: "https://github.com/getmoto/moto",
    notAsked: { "Step Functions": "it evaluates JSONata in a Java machine", GuardDuty: "it scans nothing" },
    server: (port) => ({ program: "moto_server", args: ["-H", "127.0.0.1", "-p", String(port)], environment: {} }),
  },
  {
    name: "ministack",
    home: "https://pypi.org/project/ministack",
    notAsked: { SageMaker: "it has no SageMaker", GuardDuty: "it scans nothing" },
    server: (port) => ({ program: "ministack", args: [], environment: { GATEWAY_PORT: String(port) } }),
  },
];

export const isAsked = ({ notAsked }: Peer, { service }: Assertion): boolean => notAsked[service] === undefined;

/** Starts a peer from the folder of its program. Throws if it does not answer within a minute. */
export async function openPeer(peer: Peer, bin: string): Promise<Subject> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), `svp-${peer.name}-`));
  const { program, args, environment } = peer.server(port);
  const server = spawn(join(bin, program), args, { cwd: folder, env: { ...process.env, ...environment }, stdio: "ignore" });
  const stop = async (): Promise<void> => {
    if (server.exitCode === null && server.pid !== undefined) {
      server.kill("SIGKILL");
      await once(server, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    if (
      await fetch(endpoint).then(
        () => true,
        () => false,
      )
    )
      break;
    if (tries === 600 || server.exitCode !== null) {
      await stop();
      throw new Error(`${peer.name} did not answer.`);
    }
    await pause(100);
  }
  const subject = await openByCalls({
    endpoint,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    roleArn: "arn:aws:iam::000000000000:role/conformance",
  });
  return { ...subject, close: stop };
}
