import type { Policies } from "@pulumi/policy";
import { domainBuildsNoContainers } from "./domain-builds-no-containers.ts";
import { domainHasNoWayToTheInternet } from "./domain-has-no-way-to-the-internet.ts";
import { domainIsEncryptedWithCustomerKey } from "./domain-is-encrypted-with-customer-key.ts";
import { domainNamesWhoeverActs } from "./domain-names-whoever-acts.ts";
import { domainSharesNoUnencryptedOutput } from "./domain-shares-no-unencrypted-output.ts";
import { domainSignsPeopleInByIdentityCenter } from "./domain-signs-people-in-by-identity-center.ts";
import { domainStopsIdleNotebooks } from "./domain-stops-idle-notebooks.ts";
import { endpointCopiesLieEncryptedInLake } from "./endpoint-copies-lie-encrypted-in-lake.ts";
import { endpointOpensNoShell } from "./endpoint-opens-no-shell.ts";
import { endpointRollsBackOnAlarms } from "./endpoint-rolls-back-on-alarms.ts";
import { endpointRunsOnSeveralInstances } from "./endpoint-runs-on-several-instances.ts";
import { endpointVolumeIsEncryptedWithCustomerKey } from "./endpoint-volume-is-encrypted-with-customer-key.ts";
import { featureGroupIsEncryptedWithCustomerKey } from "./feature-group-is-encrypted-with-customer-key.ts";
import { jobsAreIsolatedAndEncrypted } from "./jobs-are-isolated-and-encrypted.ts";
import { jobsRunPinnedImages } from "./jobs-run-pinned-images.ts";
import { modelDataLiesInLake } from "./model-data-lies-in-lake.ts";
import { modelImageIsPinned } from "./model-image-is-pinned.ts";
import { modelIsIsolated } from "./model-is-isolated.ts";
import { modelVersionsStayOnPlatform } from "./model-versions-stay-on-platform.ts";
import { notebookInstanceGivesNoRootAccess } from "./notebook-instance-gives-no-root-access.ts";
import { notebookInstanceHasNoInternetAccess } from "./notebook-instance-has-no-internet-access.ts";
import { notebookInstanceIsEncryptedWithCustomerKey } from "./notebook-instance-is-encrypted-with-customer-key.ts";
import { peopleWorkInPrivateTeams } from "./people-work-in-private-teams.ts";
import { peopleWriteEncryptedOutput } from "./people-write-encrypted-output.ts";
import { pipelinesRegisterForApproval } from "./pipelines-register-for-approval.ts";
import { workforceWorksFromKnownNetworks } from "./workforce-works-from-known-networks.ts";
import { workteamOpensImagesOnItsNetworkOnly } from "./workteam-opens-images-on-its-network-only.ts";

export const sagemakerRules: Policies = [
  domainBuildsNoContainers,
  domainHasNoWayToTheInternet,
  domainIsEncryptedWithCustomerKey,
  domainNamesWhoeverActs,
  domainSharesNoUnencryptedOutput,
  domainSignsPeopleInByIdentityCenter,
  domainStopsIdleNotebooks,
  endpointCopiesLieEncryptedInLake,
  endpointOpensNoShell,
  endpointRollsBackOnAlarms,
  endpointRunsOnSeveralInstances,
  endpointVolumeIsEncryptedWithCustomerKey,
  featureGroupIsEncryptedWithCustomerKey,
  jobsAreIsolatedAndEncrypted,
  jobsRunPinnedImages,
  modelDataLiesInLake,
  modelImageIsPinned,
  modelIsIsolated,
  modelVersionsStayOnPlatform,
  notebookInstanceGivesNoRootAccess,
  notebookInstanceHasNoInternetAccess,
  notebookInstanceIsEncryptedWithCustomerKey,
  peopleWorkInPrivateTeams,
  peopleWriteEncryptedOutput,
  pipelinesRegisterForApproval,
  workforceWorksFromKnownNetworks,
  workteamOpensImagesOnItsNetworkOnly,
];
