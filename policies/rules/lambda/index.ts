import type { Policies } from "@pulumi/policy";
import { codeSigningRefusesOtherCode } from "./code-signing-refuses-other-code.ts";
import { eventSourceHidesNoFailure } from "./event-source-hides-no-failure.ts";
import { functionConcurrencyIsReserved } from "./function-concurrency-is-reserved.ts";
import { functionEnvironmentHoldsNoSecret } from "./function-environment-holds-no-secret.ts";
import { functionEnvironmentIsEncryptedWithCustomerKey } from "./function-environment-is-encrypted-with-customer-key.ts";
import { functionIsClosedToStrangers } from "./function-is-closed-to-strangers.ts";
import { functionIsTraced } from "./function-is-traced.ts";
import { functionKeepsFailedEvents } from "./function-keeps-failed-events.ts";
import { functionLogsToGroupOfItsOwn } from "./function-logs-to-group-of-its-own.ts";
import { functionRunsInPrivateNetwork } from "./function-runs-in-private-network.ts";
import { functionRunsSignedCode } from "./function-runs-signed-code.ts";
import { functionRuntimeIsSupported } from "./function-runtime-is-supported.ts";

export const lambdaRules: Policies = [
  codeSigningRefusesOtherCode,
  eventSourceHidesNoFailure,
  functionConcurrencyIsReserved,
  functionEnvironmentHoldsNoSecret,
  functionEnvironmentIsEncryptedWithCustomerKey,
  functionIsClosedToStrangers,
  functionIsTraced,
  functionKeepsFailedEvents,
  functionLogsToGroupOfItsOwn,
  functionRunsInPrivateNetwork,
  functionRunsSignedCode,
  functionRuntimeIsSupported,
];
