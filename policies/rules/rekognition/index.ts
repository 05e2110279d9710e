import type { Policies } from "@pulumi/policy";
import { facesAreNotKept } from "./faces-are-not-kept.ts";
import { policyGrantsNoRecognitionOfPeople } from "./policy-grants-no-recognition-of-people.ts";
import { streamProcessorIsEncryptedWithCustomerKey } from "./stream-processor-is-encrypted-with-customer-key.ts";
import { streamProcessorSharesNothingWithAws } from "./stream-processor-shares-nothing-with-aws.ts";

export const rekognitionRules: Policies = [
  facesAreNotKept,
  policyGrantsNoRecognitionOfPeople,
  streamProcessorIsEncryptedWithCustomerKey,
  streamProcessorSharesNothingWithAws,
];
