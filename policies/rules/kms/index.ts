import type { Policies } from "@pulumi/policy";
import { keyAdministratorsCannotUseIt } from "./key-administrators-cannot-use-it.ts";
import { keyEncryptsOneClassOfData } from "./key-encrypts-one-class-of-data.ts";
import { keyIsClosedToStrangers } from "./key-is-closed-to-strangers.ts";
import { keyIsGrantedToServicesOnly } from "./key-is-granted-to-services-only.ts";
import { keyOutlivesMistakes } from "./key-outlives-mistakes.ts";
import { keyRotatesEveryYear } from "./key-rotates-every-year.ts";
import { keyStaysInItsRegion } from "./key-stays-in-its-region.ts";
import { keyUseIsBound } from "./key-use-is-bound.ts";

export const kmsRules: Policies = [
  keyAdministratorsCannotUseIt,
  keyEncryptsOneClassOfData,
  keyIsClosedToStrangers,
  keyIsGrantedToServicesOnly,
  keyOutlivesMistakes,
  keyRotatesEveryYear,
  keyStaysInItsRegion,
  keyUseIsBound,
];
