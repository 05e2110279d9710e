import type { Policies } from "@pulumi/policy";
import { clusterEncryptsDisksWithCustomerKey } from "./cluster-encrypts-disks-with-customer-key.ts";
import { clusterIsMeasured } from "./cluster-is-measured.ts";
import { containerCanDoNoMoreThanItsWork } from "./container-can-do-no-more-than-its-work.ts";
import { containerEnvironmentHoldsNoSecret } from "./container-environment-holds-no-secret.ts";
import { containerImageIsPinned } from "./container-image-is-pinned.ts";
import { containerWritesToALogOfOurs } from "./container-writes-to-a-log-of-ours.ts";
import { serviceHasNoPublicAddress } from "./service-has-no-public-address.ts";
import { serviceRunsOnPatchedPlatform } from "./service-runs-on-patched-platform.ts";
import { shellInContainerIsRecorded } from "./shell-in-container-is-recorded.ts";
import { taskRolesAreApart } from "./task-roles-are-apart.ts";
import { taskSharesNothingWithItsHost } from "./task-shares-nothing-with-its-host.ts";
import { volumeIsEncryptedInTransit } from "./volume-is-encrypted-in-transit.ts";

export const ecsRules: Policies = [
  clusterEncryptsDisksWithCustomerKey,
  clusterIsMeasured,
  containerCanDoNoMoreThanItsWork,
  containerEnvironmentHoldsNoSecret,
  containerImageIsPinned,
  containerWritesToALogOfOurs,
  serviceHasNoPublicAddress,
  serviceRunsOnPatchedPlatform,
  shellInContainerIsRecorded,
  taskRolesAreApart,
  taskSharesNothingWithItsHost,
  volumeIsEncryptedInTransit,
];
