import { join } from "node:path";
import { findMediaTools } from "../../../../local/media/tools.ts";
import { createSlots } from "../../../../local/services/jobs/slots.ts";
import { createMediaConvert } from "../../../../local/services/mediaconvert/service.ts";
import { account, createFolderCloud, region } from "../folder-store.ts";

/**
 * A process that is there to be killed: opens MediaConvert on the folder that it is given, accepts the request
 * in its second argument, prints the job's id, and says when the job has started.
 */
const [folder, request] = process.argv.slice(2) as [string, string];
const { store, authorizer, faults, call } = await createFolderCloud(folder);
const log = (line: string): void => console.log(line);
const service = createMediaConvert({
  folder: join(folder, "mediaconvert"),
  region,
  account,
  tools: await findMediaTools(),
  store,
  authorizer,
  slots: createSlots(2),
  faults,
  log,
});
service.start();
const { Job } = await call<{ Job: { Id: string } }>(service.service, "CreateJob", JSON.parse(request));
log(`accepted ${Job.Id}`);
