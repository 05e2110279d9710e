import { join } from "node:path";
import { createMediaConvert } from "../../../../local/services/mediaconvert/service.ts";
import { createFolderCloud, jobServiceOptions } from "../folder-store.ts";

/**
 * A process that is there to be killed: opens MediaConvert on the folder that it is given, accepts the request
 * in its second argument, prints the job's id, and says when the job has started.
 */
const [folder, request] = process.argv.slice(2) as [string, string];
const cloud = await createFolderCloud(folder);
const log = (line: string): void => console.log(line);
const service = createMediaConvert({ ...(await jobServiceOptions(cloud, join(folder, "mediaconvert"))), log });
service.start();
const { Job } = await cloud.call<{ Job: { Id: string } }>(service.service, "CreateJob", JSON.parse(request));
log(`accepted ${Job.Id}`);
