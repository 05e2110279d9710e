import { createRequire } from "node:module";
import { DeadLetterQueue } from "../components/compute/dead-letter-queue.ts";
import { EncryptedTopic } from "../components/compute/encrypted-topic.ts";
import { ImageRegistry, RegistryScanning } from "../components/compute/image-registry.ts";
import { DeployPipeline } from "../components/delivery/deploy-pipeline.ts";
import { GitHubDeployRoles } from "../components/identity/github-deploy-roles.ts";
import { AuditAlarms } from "../components/organization/audit-alarms.ts";
import { Delegation } from "../components/organization/delegation.ts";
import { Guardrails } from "../components/organization/guardrails.ts";
import { archivePrefixes, LogArchive } from "../components/organization/log-archive.ts";
import { OrganizationTrail, trailArn } from "../components/organization/organization-trail.ts";
import { SecurityServices } from "../components/organization/security-services.ts";
import { findingsRuleArn, SecurityTooling } from "../components/organization/security-tooling.ts";
import type { Place, Removal } from "../components/place.ts";
import { ConfigurationRecorder } from "../components/security/configuration-recorder.ts";
import { EncryptionKey, servicesUseKey } from "../components/security/encryption-key.ts";
import { ruleSends } from "../components/security/policy.ts";
import { accountProvider, placeIn } from "./accounts.ts";
import type { SharedConfig } from "./config/shared.ts";
import type { SharedOutputs } from "./shared-outputs.ts";

/** Name of the role that deploys, the same in every account (stacks/bootstrap/deploy-role.yaml). */
const deployRole = "svp-deploy";

/** What the organisation holds for all environments, in four accounts: its own, the log archive, the audit account, and that of shared services. */
export function shared(config: SharedConfig): SharedOutputs {
  const { removal, accounts, environments, retention } = config;
  const into = (name: keyof typeof accounts, dataClassification: "audit" | "none") => {
    const place = placeIn(accounts[name], config);
    return { place, opts: { provider: accountProvider(name, place, accounts[name], { ...config, dataClassification }) } };
  };
  const [management, logArchive, audit, services] = [
    into("management", "audit"),
    into("logArchive", "audit"),
    into("audit", "audit"),
    into("services", "none"),
  ];
  const environmentIds = Object.fromEntries(Object.entries(environments).map(([stack, { id }]) => [stack, id]));
  const guarded = { logArchive: accounts.logArchive.id, audit: accounts.audit.id, services: accounts.services.id, ...environmentIds };

  const guardrails = new Guardrails("guardrails", { place: management.place, accounts: guarded, regions: config.regions, deployRole }, management.opts);
  const archive = new LogArchive(
    "log-archive",
    {
      place: logArchive.place,
      removal,
      managementAccountId: management.place.accountId,
      trailArn: trailArn(management.place, "trail"),
      recordedAccountIds: [accounts.management.id, ...Object.values(guarded)],
      accessLogDays: retention.accessLogs,
    },
    logArchive.opts,
  );
  const otherRegions = config.regions.filter((region) => region !== config.region);
  const archived = { archiveBucket: archive.bucket, archiveKeyArn: archive.keyArn, archivePrefix: archivePrefixes.configuration };
  for (const [name, { place, opts }] of Object.entries({ management, "log-archive": logArchive, audit, services }))
    new ConfigurationRecorder(`${name}-recorder`, { place, otherRegions, ...archived }, opts);
  const trail = new OrganizationTrail("trail", { place: management.place, removal, archive, logRetentionDays: retention.logs }, management.opts);
  const trailAlerts = alerts("trail-alerts", management, config, []);
  new AuditAlarms("audit-alarms", { place: management.place, logGroupName: trail.logGroupName, alertTopicArn: trailAlerts.topicArn }, management.opts);

  // Each on those before: naming an administrator switches its services on, and only an administrator configures the organisation.
  const securityServices = new SecurityServices("security-services", { place: audit.place, regions: config.regions }, audit.opts);
  const delegation = new Delegation(
    "delegation",
    { place: management.place, auditAccountId: audit.place.accountId, regions: config.regions },
    { ...management.opts, dependsOn: [securityServices] },
  );
  const auditAlerts = alerts("audit-alerts", audit, config, [findingsRuleArn(audit.place, "tooling")]);
  new SecurityTooling(
    "tooling",
    {
      place: audit.place,
      detectorIds: securityServices.detectorIds,
      accounts: guarded,
      alertTopicArn: auditAlerts.topicArn,
      deadLetterArn: auditAlerts.deadLetterArn,
    },
    { ...audit.opts, dependsOn: [delegation] },
  );

  new RegistryScanning("scanning", services.opts);
  const image = (name: string, dockerfile: string, buildArguments?: Record<string, string>) =>
    new ImageRegistry(
      name,
      {
        ...{ place: services.place, removal, repository: `svp/${name}`, dockerfile, readers: Object.values(environmentIds) },
        ...(buildArguments && { buildArguments }),
      },
      services.opts,
    );
  const inference = image("inference", "models/serving/Dockerfile");
  const training = image("training", "models/training/Dockerfile");
  const languageModel = config.languageModel && image("language-model", "models/language-model/Dockerfile", { BASE_IMAGE: config.languageModel.baseImage });
  if (config.github !== undefined || config.pipeline !== undefined) {
    const rolesIn = (accounts: readonly { id: string }[]) => accounts.map(({ id }) => `arn:aws:iam::${id}:role/${deployRole}`);
    const ofEnvironments = Object.entries(environments).map(([stack, account]) => [stack, rolesIn([account])] as const);
    const deployRoles = { shared: rolesIn(Object.values(accounts)), ...Object.fromEntries(ofEnvironments) };
    const state = { bucket: `svp-pulumi-state-${services.place.accountId}`, keyAlias: "svp-pulumi-state" };
    if (config.github !== undefined)
      new GitHubDeployRoles("github", { place: services.place, repository: config.github.repository, deployRoles, state }, services.opts);
    if (config.pipeline !== undefined) {
      const { pulumiSha256: sha256, ...source } = config.pipeline;
      const approvals = alerts("pipeline-alerts", services, config, []);
      new DeployPipeline(
        "pipeline",
        {
          ...{ ...source, place: services.place, removal, deployRoles, state, retention, approvalTopicArn: approvals.topicArn },
          // The CLI of the program's own version.
          pulumi: { version: (createRequire(import.meta.url)("@pulumi/pulumi/package.json") as { version: string }).version, sha256 },
        },
        services.opts,
      );
    }
  }

  return {
    inferenceImageUri: inference.imageUri,
    inferenceRepositoryArn: inference.repositoryArn,
    trainingImageUri: training.imageUri,
    trainingRepositoryArn: training.repositoryArn,
    ...(languageModel && { languageModelImageUri: languageModel.imageUri, languageModelRepositoryArn: languageModel.repositoryArn }),
    aiOptOutPolicyId: guardrails.aiOptOutPolicyId,
    logArchiveBucket: archive.bucket,
    logArchiveKeyArn: archive.keyArn,
  };
}

/** A topic for people in an account, and a queue for what could not be told. Rules send to the queue. */
function alerts(
  name: string,
  { place, opts }: { place: Place; opts: object },
  { removal, alerts: { emails } }: { removal: Removal; alerts: { emails: string[] } },
  rules: string[],
) {
  const publishers = ["cloudwatch.amazonaws.com", "events.amazonaws.com"] as const;
  const key = new EncryptionKey(`${name}-key`, { place, removal, description: "Alerts", services: [servicesUseKey(place, publishers)] }, opts);
  const topic = new EncryptedTopic(name, { place, key, publishers, emails }, opts);
  const senders = rules.length === 0 ? undefined : (arn: string) => [ruleSends(arn, rules)];
  const { queue } = new DeadLetterQueue(`${name}-dead-letters`, { place, key, alertTopicArn: topic.arn, ...(senders && { senders }) }, opts);
  return { topicArn: topic.arn, deadLetterArn: queue.arn };
}
