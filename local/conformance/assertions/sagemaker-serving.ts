import { SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  type DeploymentConfig,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  ListEndpointConfigsCommand,
  type ListEndpointConfigsInput,
  ListEndpointsCommand,
  type ListEndpointsInput,
  ListModelsCommand,
  type ListModelsInput,
  type ProductionVariant,
  UpdateEndpointCommand,
} from "@aws-sdk/client-sagemaker";
import { type Assertion, errorOf, fresh, pause, type Subject } from "../assertion.ts";
import { misnamed, page } from "./sagemaker.ts";

/** Pages of https://docs.aws.amazon.com/sagemaker/latest/dg/ */
const guide = (title: string, name: string): string => `SageMaker Developer Guide, [${title}](https://docs.aws.amazon.com/sagemaker/latest/dg/${name}.html)`;

/** Files of a model: their bucket, and the key of one. */
interface Files {
  readonly Bucket: string;
  readonly Key: string;
}

async function files({ s3, ...subject }: Subject): Promise<Files> {
  const place = { Bucket: await subject.bucket(), Key: "model/weights.txt" };
  await s3.send(new PutObjectCommand({ ...place, Body: "weights" }));
  return place;
}

async function model({ sagemaker, roleArn, servingImage }: Subject, { Bucket }: Files, ModelName = fresh()): Promise<string> {
  await sagemaker.send(
    new CreateModelCommand({
      ...{ ModelName, ExecutionRoleArn: roleArn, EnableNetworkIsolation: true },
      PrimaryContainer: {
        ...{ Image: servingImage, Environment: { STEPS: "5" } },
        ModelDataSource: { S3DataSource: { S3Uri: `s3://${Bucket}/model/`, S3DataType: "S3Prefix", CompressionType: "None" } },
      },
    }),
  );
  return ModelName;
}

const variant = (ModelName: string): ProductionVariant => ({ VariantName: "current", ModelName, InstanceType: "ml.m5.large", InitialInstanceCount: 2 });

async function config({ sagemaker }: Subject, ModelName: string, EndpointConfigName = fresh(), more: Partial<ProductionVariant> = {}): Promise<string> {
  await sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName, ProductionVariants: [{ ...variant(ModelName), ...more }] }));
  return EndpointConfigName;
}

/** An endpoint in service, its configuration and its model. */
async function served(subject: Subject): Promise<{ model: string; before: string; EndpointName: string }> {
  const used = await model(subject, await files(subject));
  const [before, EndpointName] = [await config(subject, used), fresh()];
  await subject.endpoint(EndpointName, before);
  return { model: used, before, EndpointName };
}

/** What an endpoint is after its update. */
async function settled({ sagemaker }: Subject, EndpointName: string) {
  for (let waited = 0; waited < 30_000; waited += 100) {
    const told = await sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
    if (told.EndpointStatus !== "Updating") return told;
    await pause(100);
  }
  throw new Error("It did not end.");
}

/** A page of a list: names with when what they name was made, and the token of the next page. */
interface Listed {
  readonly names: readonly string[];
  readonly times: readonly Date[];
  readonly next: string | undefined;
}
type List<Input = ListModelsInput & ListEndpointConfigsInput> = (input: Input) => Promise<Listed>;
const listed = <One extends { CreationTime: Date | undefined }>(
  found: readonly One[],
  name: (one: One) => string | undefined,
  next: string | undefined,
): Listed => ({
  ...{ names: found.map((one) => name(one) ?? ""), times: found.map(({ CreationTime = new Date(0) }) => CreationTime), next },
});
const lists = ({ sagemaker }: Subject): { models: List; configs: List; endpoints: List<ListEndpointsInput> } => ({
  async models(input) {
    const { Models: found = [], NextToken } = await sagemaker.send(new ListModelsCommand(input));
    return listed(found, ({ ModelName }) => ModelName, NextToken);
  },
  async configs(input) {
    const { EndpointConfigs: found = [], NextToken } = await sagemaker.send(new ListEndpointConfigsCommand(input));
    return listed(found, ({ EndpointConfigName }) => EndpointConfigName, NextToken);
  },
  async endpoints(input) {
    const { Endpoints: found = [], NextToken } = await sagemaker.send(new ListEndpointsCommand(input));
    return listed(found, ({ EndpointName }) => EndpointName, NextToken);
  },
});

/** So far apart are things made whose order counts, milliseconds. */
const apart = 5;

/** Makes three things of a list, one after the other and with names in another order; gives what their names begin with. */
async function three(make: (name: string) => Promise<unknown>): Promise<string> {
  const common = fresh();
  for (const end of ["b", "c", "a"]) {
    await make(`${common}-${end}`);
    await pause(apart);
  }
  return common;
}

/** Three endpoint configurations of one model. */
async function threeConfigs(subject: Subject): Promise<string> {
  const used = await model(subject, await files(subject));
  return three((name) => config(subject, used, name));
}

/** The letters that three names end with, as listed, and whether there are others beside them. */
const lettersOf = (names: readonly string[], common: string): string =>
  names.map((name) => (name.startsWith(common) ? name.slice(-1) : "")).join("") + (names.every((name) => name.startsWith(common)) ? "" : " and others");

/** What a list gives of three things: sorted in all ways, and page by page. */
async function sorted(list: List, common: string): Promise<string[]> {
  const ask = async (more: object) => {
    const { names, next } = await list({ NameContains: common, ...more });
    return [lettersOf(names, common), next] as const;
  };
  const [first, NextToken] = await ask({ MaxResults: 2 });
  return [
    (await ask({}))[0],
    (await ask({ SortOrder: "Ascending" }))[0],
    (await ask({ SortBy: "Name", SortOrder: "Ascending" }))[0],
    (await ask({ SortBy: "Name" }))[0],
    first,
    (await ask({ MaxResults: 2, NextToken }))[0],
  ];
}
const sortedAsExpected = ["acb", "bca", "abc", "cba", "ac", "b"];

/** What a list gives of three things from when the second was made on, before the third was, and between the two. By the service's own clock. */
async function timed(list: List, common: string): Promise<string[]> {
  const ask = (times: object) => list({ NameContains: common, SortOrder: "Ascending", ...times });
  const { names, times } = await ask({});
  const madeAt = (end: string): Date | undefined => times[names.indexOf(`${common}-${end}`)];
  const [CreationTimeAfter, CreationTimeBefore] = [madeAt("c"), madeAt("a")];
  const found = [];
  for (const asked of [{ CreationTimeAfter }, { CreationTimeBefore }, { CreationTimeAfter, CreationTimeBefore }])
    found.push(lettersOf((await ask(asked)).names, common));
  return found;
}
const timedAsExpected = ["ca", "bc", "c"];

const models: Omit<Assertion, "service">[] = [
  {
    id: "sagemaker-model",
    says: "A model has an ARN that ends with its name, and tells the image, settings, role and files that it was made with.",
    source: page("DescribeModel"),
    async observe(subject) {
      const place = await files(subject);
      const ModelName = await model(subject, place);
      const told = await subject.sagemaker.send(new DescribeModelCommand({ ModelName }));
      return [
        told.ModelArn?.endsWith(`:model/${ModelName}`),
        told.ExecutionRoleArn === subject.roleArn,
        told.EnableNetworkIsolation,
        told.PrimaryContainer?.Image === subject.servingImage,
        told.PrimaryContainer?.Environment,
        told.PrimaryContainer?.ModelDataSource?.S3DataSource?.S3Uri === `s3://${place.Bucket}/model/`,
      ];
    },
    expected: [true, true, true, true, { STEPS: "5" }, true],
  },
  {
    id: "sagemaker-model-name",
    says: "A model's name has letters, digits and hyphens, none of them at its ends, and at most 63 of them.",
    source: page("CreateModel", "ModelName"),
    async observe(subject) {
      const place = await files(subject);
      return Promise.all(misnamed.map((name) => errorOf(model(subject, place, name))));
    },
    expected: Array(4).fill("ValidationException"),
  },
  {
    id: "sagemaker-model-delete",
    says: "Who deletes a model deletes its entry only: its files stay, and so does a configuration that names it.",
    source: page("DeleteModel"),
    async observe(subject) {
      const { sagemaker, s3 } = subject;
      const place = await files(subject);
      const ModelName = await model(subject, place);
      const EndpointConfigName = await config(subject, ModelName);
      await sagemaker.send(new DeleteModelCommand({ ModelName }));
      const { ProductionVariants } = await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName }));
      return [
        (await lists(subject).models({ NameContains: ModelName })).names.includes(ModelName),
        await errorOf(s3.send(new HeadObjectCommand(place))),
        ProductionVariants?.[0]?.ModelName === ModelName,
      ];
    },
    expected: [false, "no error", true],
  },
  {
    id: "sagemaker-model-list",
    says: "Models are listed by a part of the name, the newest first unless something else is asked, page by page.",
    source: page("ListModels", "NameContains, SortBy, SortOrder, MaxResults"),
    async observe(subject) {
      const place = await files(subject);
      const common = await three((name) => model(subject, place, name));
      return sorted(lists(subject).models, common);
    },
    expected: sortedAsExpected,
  },
  {
    id: "sagemaker-model-list-times",
    says: "Models are listed by when they were made: from a time on, and before a time.",
    source: page("ListModels", "CreationTimeAfter, CreationTimeBefore"),
    async observe(subject) {
      const place = await files(subject);
      const common = await three((name) => model(subject, place, name));
      return timed(lists(subject).models, common);
    },
    expected: timedAsExpected,
  },
];

const configs: Omit<Assertion, "service">[] = [
  {
    id: "sagemaker-endpoint-config",
    says: "A configuration of an endpoint has an ARN that ends with its name, and tells the variants that it was made with.",
    source: page("DescribeEndpointConfig"),
    async observe(subject) {
      const ModelName = await model(subject, await files(subject));
      const EndpointConfigName = await config(subject, ModelName);
      const told = await subject.sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName }));
      const { VariantName, InstanceType, InitialInstanceCount } = told.ProductionVariants?.[0] ?? {};
      return [told.EndpointConfigArn?.endsWith(`:endpoint-config/${EndpointConfigName}`), VariantName, InstanceType, InitialInstanceCount];
    },
    expected: [true, "current", "ml.m5.large", 2],
  },
  {
    id: "sagemaker-endpoint-config-names",
    says: "Names of a configuration and its variant have letters, digits and hyphens, none of them at their ends, and at most 63 of them.",
    source: `${page("CreateEndpointConfig", "EndpointConfigName")}; ${page("ProductionVariant", "VariantName")}`,
    async observe(subject) {
      const used = await model(subject, await files(subject));
      return Promise.all([
        ...misnamed.map((name) => errorOf(config(subject, used, name))),
        ...misnamed.map((VariantName) => errorOf(config(subject, used, fresh(), { VariantName }))),
      ]);
    },
    expected: Array(8).fill("ValidationException"),
  },
  {
    id: "sagemaker-endpoint-config-variants",
    says: "A configuration has a variant at least.",
    source: page("CreateEndpointConfig", "ProductionVariants"),
    observe: ({ sagemaker }) => errorOf(sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: fresh(), ProductionVariants: [] }))),
    expected: "ValidationException",
  },
  {
    id: "sagemaker-endpoint-config-delete",
    says: "Who deletes a configuration deletes no other one, and not its model.",
    source: page("DeleteEndpointConfig"),
    async observe(subject) {
      const { sagemaker } = subject;
      const ModelName = await model(subject, await files(subject));
      const [gone, stays] = [await config(subject, ModelName), await config(subject, ModelName)];
      await sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: gone }));
      return [
        (await lists(subject).configs({ NameContains: gone })).names.includes(gone),
        await errorOf(sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: stays }))),
        await errorOf(sagemaker.send(new DescribeModelCommand({ ModelName }))),
      ];
    },
    expected: [false, "no error", "no error"],
  },
  {
    id: "sagemaker-endpoint-config-list",
    says: "Configurations are listed by a part of the name, the newest first unless something else is asked, page by page.",
    source: page("ListEndpointConfigs", "NameContains, SortBy, SortOrder, MaxResults"),
    observe: async (subject) => sorted(lists(subject).configs, await threeConfigs(subject)),
    expected: sortedAsExpected,
  },
  {
    id: "sagemaker-endpoint-config-list-times",
    says: "Configurations are listed by when they were made: from a time on, and before a time.",
    source: page("ListEndpointConfigs", "CreationTimeAfter, CreationTimeBefore"),
    observe: async (subject) => timed(lists(subject).configs, await threeConfigs(subject)),
    expected: timedAsExpected,
  },
  {
    id: "sagemaker-serving-unknown",
    says: "Models, configurations and endpoints that are not there can't be described or used, and the first two not deleted.",
    source: "SageMaker API Reference, [Common Errors](https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html), ValidationError",
    async observe(subject) {
      const { sagemaker } = subject;
      const unknown = fresh();
      return [
        await errorOf(sagemaker.send(new DescribeModelCommand({ ModelName: unknown }))),
        await errorOf(sagemaker.send(new DeleteModelCommand({ ModelName: unknown }))),
        await errorOf(config(subject, unknown)),
        await errorOf(sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: unknown }))),
        await errorOf(sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: unknown }))),
        await errorOf(sagemaker.send(new DescribeEndpointCommand({ EndpointName: unknown }))),
      ];
    },
    expected: Array(6).fill("ValidationException"),
  },
  {
    id: "sagemaker-serving-list-limits",
    says: "A page of models, configurations or endpoints has 1 to 100 of them, and a part of a name has letters, digits and hyphens.",
    source: [page("ListModels"), page("ListEndpointConfigs"), page("ListEndpoints", "MaxResults, NameContains")].join("; "),
    async observe(subject) {
      const { models, configs, endpoints } = lists(subject);
      return Promise.all(
        [models, configs, endpoints].flatMap((list) =>
          [{ MaxResults: 0 }, { MaxResults: 101 }, { NameContains: "under_score" }].map((input) => errorOf(list(input))),
        ),
      );
    },
    expected: Array(9).fill("ValidationException"),
  },
];

const blueGreen = (more: Partial<DeploymentConfig["BlueGreenUpdatePolicy"]> = {}, routing: object = {}): DeploymentConfig["BlueGreenUpdatePolicy"] => ({
  TrafficRoutingConfiguration: { Type: "ALL_AT_ONCE", WaitIntervalInSeconds: 0, ...routing },
  ...more,
});

const endpoints: Omit<Assertion, "service" | "notAtAws">[] = [
  {
    id: "sagemaker-endpoint-list",
    says: "Endpoints are listed by a part of the name, the newest first unless something else is asked, page by page.",
    source: page("ListEndpoints", "NameContains, SortBy, SortOrder, MaxResults"),
    async observe(subject) {
      const { before } = await served(subject);
      const common = await three((name) => subject.endpoint(name, before));
      return sorted(lists(subject).endpoints, common);
    },
    expected: sortedAsExpected,
  },
  {
    id: "sagemaker-endpoint-list-usual",
    says: "A page of endpoints has 10 of them unless something else is asked.",
    source: page("ListEndpoints", "MaxResults"),
    async observe(subject) {
      const { before } = await served(subject);
      const common = fresh();
      for (let i = 0; i < 11; i++) await subject.endpoint(`${common}-${i}`, before);
      const first = await lists(subject).endpoints({ NameContains: common });
      const rest = await lists(subject).endpoints({ NameContains: common, NextToken: first.next });
      return [first.names.length, rest.names.length];
    },
    expected: [10, 1],
  },
  {
    id: "sagemaker-endpoint-list-times",
    says: "Endpoints are listed by when they were made: from a time on, and before a time.",
    source: page("ListEndpoints", "CreationTimeAfter, CreationTimeBefore"),
    async observe(subject) {
      const { before } = await served(subject);
      const common = await three((name) => subject.endpoint(name, before));
      return timed(lists(subject).endpoints, common);
    },
    expected: timedAsExpected,
  },
  {
    id: "sagemaker-endpoint-update",
    says: "An endpoint that is updated is Updating, tells where to, and then is InService on the new configuration.",
    source: `${page("UpdateEndpoint")}; ${page("DescribeEndpoint", "PendingDeploymentSummary")}`,
    async observe(subject) {
      const { sagemaker } = subject;
      const { model: used, before, EndpointName } = await served(subject);
      const after = await config(subject, used);
      const told = await sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
      const { EndpointArn } = await sagemaker.send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName: after }));
      const during = await sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
      const end = await settled(subject, EndpointName);
      return [
        [told.EndpointStatus, told.EndpointConfigName === before, told.PendingDeploymentSummary ?? null],
        [EndpointArn === told.EndpointArn, during.EndpointStatus, during.PendingDeploymentSummary?.EndpointConfigName === after],
        [end.EndpointStatus, end.EndpointConfigName === after, end.PendingDeploymentSummary ?? null],
      ];
    },
    expected: [
      ["InService", true, null],
      [true, "Updating", true],
      ["InService", true, null],
    ],
  },
  {
    id: "sagemaker-endpoint-list-changes",
    says: "Endpoints are listed by their status, and by when they were changed.",
    source: page("ListEndpoints", "StatusEquals, LastModifiedTimeAfter, LastModifiedTimeBefore"),
    async observe(subject) {
      const { model: used, EndpointName } = await served(subject);
      const after = await config(subject, used);
      const isListed = async (more: ListEndpointsInput) => (await lists(subject).endpoints({ NameContains: EndpointName, ...more })).names.length === 1;
      await pause(apart);
      const made = new Date();
      await pause(apart);
      const look = async () => [
        await isListed({ StatusEquals: "InService" }),
        await isListed({ StatusEquals: "Updating" }),
        await isListed({ LastModifiedTimeAfter: made }),
        await isListed({ LastModifiedTimeBefore: made }),
      ];
      const before = await look();
      await subject.sagemaker.send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName: after }));
      const during = await isListed({ StatusEquals: "Updating" });
      await settled(subject, EndpointName);
      return [before, during, await look()];
    },
    expected: [[true, false, false, true], true, [true, false, true, false]],
  },
  {
    id: "sagemaker-endpoint-update-alarm",
    says: "An alarm that is raised while an endpoint is updated rolls it back to the old configuration.",
    source: `${page("AutoRollbackConfig", "Alarms")}; ${guide("Auto-Rollback Configuration and Monitoring", "deployment-guardrails-configuration")}`,
    async observe(subject) {
      const { model: used, before, EndpointName } = await served(subject);
      const [after, AlarmName] = [await config(subject, used), await subject.alarm()];
      const DeploymentConfig = {
        BlueGreenUpdatePolicy: blueGreen({ TerminationWaitInSeconds: 2 }),
        AutoRollbackConfiguration: { Alarms: [{ AlarmName }] },
      };
      await subject.sagemaker.send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName: after, DeploymentConfig }));
      await subject.cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: "ALARM", StateReason: "A test." }));
      const end = await settled(subject, EndpointName);
      return [end.EndpointStatus, end.EndpointConfigName === before];
    },
    expected: ["InService", true],
  },
  {
    id: "sagemaker-endpoint-update-unknown",
    says: "An endpoint that is not there can't be updated, nor any to a configuration that is not there; it stays what it was.",
    source: "SageMaker API Reference, [Common Errors](https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html), ValidationError",
    async observe(subject) {
      const { before, EndpointName } = await served(subject);
      const update = (input: { EndpointName: string; EndpointConfigName: string }) => errorOf(subject.sagemaker.send(new UpdateEndpointCommand(input)));
      return [
        await update({ EndpointName: fresh(), EndpointConfigName: before }),
        await update({ EndpointName, EndpointConfigName: fresh() }),
        (await settled(subject, EndpointName)).EndpointConfigName === before,
      ];
    },
    expected: ["ValidationException", "ValidationException", true],
  },
  {
    id: "sagemaker-endpoint-update-variant",
    says: "The new configuration must have the old one's name of the variant.",
    source: guide("Exclusions", "deployment-guardrails-exclusions"),
    async observe(subject) {
      const { model: used, EndpointName } = await served(subject);
      const EndpointConfigName = await config(subject, used, fresh(), { VariantName: "another" });
      return errorOf(subject.sagemaker.send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName })));
    },
    expected: "ValidationException",
  },
  {
    id: "sagemaker-endpoint-update-canary",
    says: "A canary is at most half of the instances.",
    source: page("TrafficRoutingConfig", "CanarySize"),
    async observe(subject) {
      const { model: used, EndpointName } = await served(subject);
      const EndpointConfigName = await config(subject, used);
      const update = (Type: string, Value: number) =>
        errorOf(
          subject.sagemaker.send(
            new UpdateEndpointCommand({
              ...{ EndpointName, EndpointConfigName },
              DeploymentConfig: { BlueGreenUpdatePolicy: blueGreen({}, { Type: "CANARY", CanarySize: { Type, Value } }) },
            }),
          ),
        );
      const told = [await update("CAPACITY_PERCENT", 51), await update("INSTANCE_COUNT", 2), await update("INSTANCE_COUNT", 1)];
      await settled(subject, EndpointName);
      return told;
    },
    expected: ["ValidationException", "ValidationException", "no error"],
  },
  {
    id: "sagemaker-endpoint-update-limits",
    says: "Waits of an update are at most an hour, its time limit is 10 minutes to 8 hours, and 1 to 10 alarms watch it.",
    source: ["TrafficRoutingConfig", "BlueGreenUpdatePolicy", "AutoRollbackConfig"].map((name) => page(name)).join("; "),
    async observe(subject) {
      const { model: used, EndpointName } = await served(subject);
      const EndpointConfigName = await config(subject, used);
      const AlarmName = await subject.alarm();
      const wrong: DeploymentConfig[] = [
        { BlueGreenUpdatePolicy: blueGreen({}, { WaitIntervalInSeconds: 3601 }) },
        { BlueGreenUpdatePolicy: blueGreen({ TerminationWaitInSeconds: 3601 }) },
        { BlueGreenUpdatePolicy: blueGreen({ MaximumExecutionTimeoutInSeconds: 599 }) },
        { BlueGreenUpdatePolicy: blueGreen({ MaximumExecutionTimeoutInSeconds: 28_801 }) },
        { AutoRollbackConfiguration: { Alarms: [] } },
        { AutoRollbackConfiguration: { Alarms: Array(11).fill({ AlarmName }) } },
      ];
      const told = [];
      for (const DeploymentConfig of wrong)
        told.push(await errorOf(subject.sagemaker.send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName, DeploymentConfig }))));
      return told;
    },
    expected: Array(6).fill("ValidationException"),
  },
];

export const sagemakerServingAssertions: readonly Assertion[] = [
  ...models,
  ...configs,
  ...endpoints.map((one) => ({ ...one, notAtAws: "an endpoint takes many minutes there, and an image that serves" })),
].map((one) => ({ service: "SageMaker", ...one }));
