import { createIam } from "../../../../local/services/iam/iam.ts";
import { createS3 } from "../../../../local/services/s3/s3.ts";
import { startWire } from "../../../../local/wire/server.ts";
import { accountId } from "./fixture.ts";

/** An S3 for tests that kill it: serves the folder in the first argument, prints its endpoint and the key of every event. */
const [dir] = process.argv.slice(2) as [string];
const iam = createIam({ accountId });
const publish = async ({ detail }: { detail: unknown }) => console.log((detail as { object: { key: string } }).object.key);
const s3 = createS3({ dir, authorizer: iam, region: "us-east-1", accountId, publish, log: console.error });
s3.configureBucket("lake", { eventBridge: true });
s3.start();
const wire = await startWire({ services: [s3], iam, log: console.error });
console.log(wire.endpoint);
