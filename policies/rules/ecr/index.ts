import type { Policies } from "@pulumi/policy";
import { imagesAreInNoPublicRegistry } from "./images-are-in-no-public-registry.ts";
import { registryIsScannedAllTheTime } from "./registry-is-scanned-all-the-time.ts";
import { repositoryIsClosedToOutsiders } from "./repository-is-closed-to-outsiders.ts";
import { repositoryIsEncryptedWithCustomerKey } from "./repository-is-encrypted-with-customer-key.ts";
import { repositoryIsScannedOnPush } from "./repository-is-scanned-on-push.ts";
import { repositoryKeepsTags } from "./repository-keeps-tags.ts";

export const ecrRules: Policies = [
  imagesAreInNoPublicRegistry,
  registryIsScannedAllTheTime,
  repositoryIsClosedToOutsiders,
  repositoryIsEncryptedWithCustomerKey,
  repositoryIsScannedOnPush,
  repositoryKeepsTags,
];
