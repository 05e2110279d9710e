import { expect } from "chai";
import type { DeployedResource, Deployment } from "../../../local/deploy/deployment.ts";
import { compare, type StateResource } from "../../../local/engine/compare.ts";

const urn = (type: string, name: string): string => `urn:pulumi:dev::svp::${type}::${name}`;
const [stackUrn, providerUrn, groupUrn] = [
  urn("pulumi:pulumi:Stack", "svp-dev"),
  urn("pulumi:providers:aws", "main"),
  urn("aws:cloudwatch/logGroup:LogGroup", "audit"),
];

const resource = (over: Partial<DeployedResource> & Pick<DeployedResource, "urn" | "type">): DeployedResource => ({
  name: "",
  parent: stackUrn,
  custom: true,
  inputs: {},
  outputs: {},
  dependencies: [],
  propertyDependencies: {},
  protect: false,
  ignoreChanges: [],
  provider: undefined,
  id: "an-id",
  ...over,
});

const offline = (group: Partial<DeployedResource> = {}): Deployment => ({
  project: "svp",
  stack: "dev",
  resources: [
    resource({ urn: stackUrn, type: "pulumi:pulumi:Stack", parent: undefined, custom: false, id: undefined }),
    resource({ urn: providerUrn, type: "pulumi:providers:aws", inputs: { region: "us-east-1", allowedAccountIds: ["111111111111"] } }),
    resource({
      urn: groupUrn,
      type: "aws:cloudwatch/logGroup:LogGroup",
      inputs: { name: "audit", kmsKeyId: "arn" },
      dependencies: [providerUrn],
      propertyDependencies: { kmsKeyId: [providerUrn] },
      provider: providerUrn,
      ...group,
    }),
  ],
  outputs: {},
  findings: [],
});

const state = (group: Partial<StateResource> = {}): StateResource[] => [
  { urn: stackUrn, type: "pulumi:pulumi:Stack" },
  { urn: urn("pulumi:providers:awsx", "default_3_9_0"), type: "pulumi:providers:awsx" },
  { urn: urn("pulumi:pulumi:StackReference", "organization/svp/shared"), type: "pulumi:pulumi:StackReference" },
  {
    urn: providerUrn,
    type: "pulumi:providers:aws",
    parent: stackUrn,
    id: "another-id",
    inputs: { region: "us-east-1", allowedAccountIds: '["111111111111"]', version: "7.48.0", __internal: {} },
  },
  {
    urn: groupUrn,
    type: "aws:cloudwatch/logGroup:LogGroup",
    parent: stackUrn,
    id: "an-id",
    inputs: { name: "audit", kmsKeyId: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"arn"' } },
    dependencies: [providerUrn],
    propertyDependencies: { kmsKeyId: [providerUrn], name: null },
    provider: `${providerUrn}::another-id`,
    ...group,
  },
];

describe("what an engine recorded, beside what an offline run registered", () => {
  it("is the same but for what is the engine's own", () => {
    expect(compare(state(), offline())).to.deep.equal([]);
  });

  it("is told input by input where it differs", () => {
    const differences = compare(state({ inputs: { name: "other", kmsKeyId: "arn", retentionInDays: 1 } }), offline());
    expect(differences.map(({ what, engine, offline: other }) => [what, engine, other])).to.deep.equal([
      ["its input name", "other", "audit"],
      ["its input retentionInDays", 1, undefined],
    ]);
  });

  it("is told where dependencies, protection, parents or providers differ", () => {
    const differences = compare(
      state({ dependencies: [], propertyDependencies: {}, protect: true, parent: groupUrn, provider: `${groupUrn}::x`, id: "third-id" }),
      offline(),
    );
    expect(differences.map(({ what }) => what)).to.deep.equal([
      "its parent",
      "its protection",
      "its id",
      "its dependencies",
      "its provider",
      "what its input kmsKeyId depends on",
    ]);
  });

  it("is told where one side lacks a resource", () => {
    expect(compare(state().slice(0, 4), offline())).to.deep.equal([{ urn: groupUrn, what: "the resource", engine: false, offline: true }]);
  });
});
