import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findMediaTools } from "../../../local/media/tools.ts";
import type { JobServiceOptions } from "../../../local/services/jobs/options.ts";
import { createSlots } from "../../../local/services/jobs/slots.ts";
import { type Alarms, type Authorizer, Faults, type ObjectStore } from "../../../local/services/seams.ts";
import { type Call, type OperationService, ServiceError } from "../../../local/wire/service.ts";

export const region = "us-east-1";
export const account = "111122223333";
export const kmsKeyArn = `arn:aws:kms:${region}:${account}:key/derived`;
export const handlerRole = `arn:aws:iam::${account}:role/handler`;
export const jobRole = `arn:aws:iam::${account}:role/job`;

/** One use of a permission, as `caller action resource`, with the condition keys that came along. */
export interface Use {
  readonly caller: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Record<string, string | string[]> | undefined;
}

/** Objects as plain files, and an authorizer that allows all but what a test denies. Both write down every use. */
export interface FolderCloud {
  readonly folder: string;
  readonly store: ObjectStore;
  readonly authorizer: Authorizer;
  readonly faults: Faults;
  readonly uses: Use[];
  /** `bucket/key` -> the key it was encrypted with. */
  readonly encryptedWith: Map<string, string | undefined>;
  /** Refuses every use for which this is true. */
  deny: (use: Use) => boolean;
  pathOf(bucket: string, key: string): string;
  write(bucket: string, key: string, data: Buffer | string): Promise<void>;
  /** Calls an operation as `handlerRole` does. */
  call<Output>(service: OperationService, operation: string, input: object): Promise<Output>;
  remove(): Promise<void>;
}

/** In a new temporary folder, or in the one that another process made. */
export async function createFolderCloud(existing?: string): Promise<FolderCloud> {
  const folder = existing ?? (await mkdtemp(join(tmpdir(), "local-services-")));
  const objects = join(folder, "objects");
  const pathOf = (bucket: string, key: string): string => join(objects, bucket, key);
  const check = (caller: string, action: string, resource: string, context?: Record<string, string | string[]>): void => {
    const use = { caller, action, resource, context };
    cloud.uses.push(use);
    if (cloud.deny(use)) throw new ServiceError("AccessDeniedException", `${caller} may not ${action} on ${resource}.`, 403);
  };

  const cloud: FolderCloud = {
    folder,
    faults: new Faults(),
    uses: [],
    encryptedWith: new Map(),
    deny: () => false,
    pathOf,
    authorizer: {
      authorize: (caller, action, resource, context) => check(caller.arn, action, resource, context),
      credentialsOf: () => {
        throw new Error("No job of ours signs requests.");
      },
      assume(servicePrincipal, roleArn) {
        check(servicePrincipal, "sts:AssumeRole", roleArn);
        return { arn: roleArn };
      },
    },
    store: {
      async file(caller, bucket, key) {
        check(caller.arn, "s3:GetObject", `arn:aws:s3:::${bucket}/${key}`);
        const path = pathOf(bucket, key);
        const found = await stat(path).catch(() => {
          throw new ServiceError("NoSuchKey", `The key "${key}" does not exist.`, 404);
        });
        const etag = createHash("md5")
          .update(await readFile(path))
          .digest("hex");
        return { path, bytes: found.size, etag, versionId: undefined, contentType: "application/octet-stream" };
      },
      async put(caller, bucket, key, content, put) {
        check(caller.arn, "s3:PutObject", `arn:aws:s3:::${bucket}/${key}`);
        cloud.encryptedWith.set(`${bucket}/${key}`, put?.kmsKeyArn);
        await mkdir(dirname(pathOf(bucket, key)), { recursive: true });
        if ("path" in content) await copyFile(content.path, pathOf(bucket, key));
        else await writeFile(pathOf(bucket, key), content.data);
        return { etag: "etag", versionId: undefined };
      },
      async list(caller, bucket, prefix) {
        check(caller.arn, "s3:ListBucket", `arn:aws:s3:::${bucket}`);
        const root = join(objects, bucket);
        const entries = await readdir(root, { recursive: true, withFileTypes: true });
        const keys = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
        return Promise.all(
          keys
            .filter((key) => key.startsWith(prefix))
            .sort()
            .map(async (key) => ({ key, bytes: (await stat(pathOf(bucket, key))).size })),
        );
      },
    },
    async write(bucket, key, data) {
      await mkdir(dirname(pathOf(bucket, key)), { recursive: true });
      await writeFile(pathOf(bucket, key), data);
    },
    async call<Output>(service: OperationService, operation: string, input: object): Promise<Output> {
      const implementation = service.operations[operation];
      if (!implementation) throw new Error(`No operation ${operation}.`);
      const call: Call = {
        caller: { arn: handlerRole },
        requestId: "request",
        authorize: (action, resource, context) => check(handlerRole, action, resource, context),
      };
      // The wire hands over what was JSON.
      return (await implementation(JSON.parse(JSON.stringify(input)), call)) as Output;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
  return cloud;
}

/** What a service of media jobs needs, on this cloud: real tools, two places, and silence. */
export async function jobServiceOptions({ store, authorizer, faults }: FolderCloud, folder: string): Promise<JobServiceOptions> {
  return { folder, region, account, tools: await findMediaTools(), store, authorizer, slots: createSlots(2), faults, log: () => {} };
}

/** CloudWatch without any alarm. */
export const noAlarms: Alarms = { arnOf: (name) => name, stateOf: () => undefined };
