import type { Policies } from "@pulumi/policy";
import { detectorIsOn } from "./detector-is-on.ts";
import { detectorWatchesData } from "./detector-watches-data.ts";
import { malwareScanTagsWhatItFound } from "./malware-scan-tags-what-it-found.ts";
import { organizationIsWatched } from "./organization-is-watched.ts";
import { uploadsAreScanned } from "./uploads-are-scanned.ts";

export const guarddutyRules: Policies = [detectorIsOn, detectorWatchesData, malwareScanTagsWhatItFound, organizationIsWatched, uploadsAreScanned];
