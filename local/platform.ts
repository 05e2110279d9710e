import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { lock, type Session } from "./cli/session.ts";
import { type Cloud, openCloud } from "./cloud.ts";
import { type DeployOptions, deploy } from "./deploy/deploy.ts";
import type { Properties } from "./deploy/provider.ts";
import type { Disturbances } from "./disturbances.ts";
import type { Organization } from "./organization.ts";
import { playbackKey } from "./page/playback-key.ts";
import { type ApiHandler, type MediaHandler, startPage } from "./page/server.ts";
import { liveProvider } from "./provider/live.ts";

/** The account and region of stack `local`, as Pulumi.local.yaml names them. */
export const localAccount = "000000000000";
const region = "us-east-1";

/** Pauses of the state machine pass twenty times as fast here: nothing on this machine needs a minute to recover. */
const usualWaitScale = 0.05;

/** The platform on this machine: the local cloud with stack `local` deployed into it. */
export interface Platform {
  readonly cloud: Cloud;
  readonly session: Session;
  readonly api: ApiHandler;
  readonly media: MediaHandler;
  close(): Promise<void>;
}

export interface PlatformOptions {
  readonly root: string;
  readonly dataDir: string;
  readonly disturbances?: Disturbances | undefined;
  /** Multiplies pauses of state machines and of endpoints; 1 is AWS's time. */
  readonly waitScale?: number | undefined;
  /** Another account than stack `local`'s, and the accounts that it reaches. */
  readonly account?: { readonly id: string; readonly organization: Organization } | undefined;
  /** Changes the configuration of stack `local` before its program runs: full keys, as its file has them. */
  readonly configure?: ((config: Readonly<Record<string, string>>) => Readonly<Record<string, string>>) | undefined;
  /** Deploys stack `local`, and `shared` that it refers to, into the cloud, and answers `local`'s outputs. Default: in this process, without the Pulumi CLI. */
  readonly deployLocal?: (cloud: Cloud) => Promise<Properties>;
}

/**
 * Opens the local cloud on a folder, deploys stack `local`, and goes on with whatever was under way. The stack it refers
 * to, `shared`, is deployed too: the inference image lives there.
 */
export async function openPlatform({ root, dataDir, disturbances, waitScale = usualWaitScale, ...options }: PlatformOptions): Promise<Platform> {
  const { account, deployLocal, configure = (config) => config } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const release = lock(dataDir);
  const logFile = join(dataDir, "cloud.log");
  const log = (line: string): void => appendFileSync(logFile, `${new Date().toISOString()} ${line}\n`);
  let cloud: Cloud | undefined;
  try {
    const place = { region, accountId: account?.id ?? localAccount };
    cloud = await openCloud({ dataDir, ...place, organization: account?.organization, waitScale, disturbances, log });
    const key = playbackKey(dataDir);
    const outputs = (await (deployLocal ?? inProcess(root, key.publicKey, configure))(cloud)) as Record<string, string>;
    cloud.secretsmanager.putValue(outputs["playbackPrivateKeySecretArn"] as string, key.privateKey);
    await cloud.start();
    return await platformOf(cloud, outputs, release);
  } catch (error) {
    await cloud?.close();
    release();
    throw error;
  }
}

/** Deploys in this process, with this key for videos in the place of the one in Pulumi.local.yaml, whose private half nobody has. */
const inProcess =
  (root: string, publicKey: string, change: NonNullable<PlatformOptions["configure"]>) =>
  async (cloud: Cloud): Promise<Properties> => {
    const configure: DeployOptions["configure"] = (stack, config) => {
      const access = config["svp:access"];
      if (stack !== "local" || access === undefined) return config;
      return change({ ...config, "svp:access": JSON.stringify({ ...JSON.parse(access), playbackKeys: [publicKey] }) });
    };
    return (await deploy({ root, stack: "local", provider: liveProvider(cloud), configure })).outputs;
  };

async function platformOf(cloud: Cloud, outputs: Record<string, string>, release: () => void): Promise<Platform> {
  // The page's requests come as a browser's after sign-in; one that brings a token of its own is judged by that.
  const api: ApiHandler = async ({ headers, ...request }) =>
    cloud.apiGateway.handle({ ...request, caller: undefined, headers: { authorization: `Bearer ${await cloud.cognito.accessToken()}`, ...headers } });
  const media: MediaHandler = (request) => cloud.cloudfront.handle(request);
  const front = await startPage({ assets: new Map(), port: 0, wire: cloud.endpoint, api, media });
  const { endpoint } = cloud;
  const { credentials } = cloud.iam.administrator;
  return {
    cloud,
    session: { pid: process.pid, endpoint, api: `${front.url}api`, page: null, region, credentials, outputs },
    api,
    media,
    async close() {
      await front.close();
      await cloud.close();
      release();
    },
  };
}
