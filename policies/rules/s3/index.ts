import type { Policies } from "@pulumi/policy";
import { bucketBlocksPublicAccess } from "./bucket-blocks-public-access.ts";
import { bucketIsEncryptedWithCustomerKey } from "./bucket-is-encrypted-with-customer-key.ts";
import { bucketKeepsVersions } from "./bucket-keeps-versions.ts";
import { bucketRefusesRequestsWithoutTls } from "./bucket-refuses-requests-without-tls.ts";

export const s3Rules: Policies = [bucketBlocksPublicAccess, bucketIsEncryptedWithCustomerKey, bucketKeepsVersions, bucketRefusesRequestsWithoutTls];
