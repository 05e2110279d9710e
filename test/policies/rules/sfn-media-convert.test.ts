import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { mediaConvertJobsEncryptOutputs } from "../../../policies/rules/sfn/media-convert-jobs-encrypt-outputs.ts";
import { mediaConvertJobsKeepOutputsPrivate } from "../../../policies/rules/sfn/media-convert-jobs-keep-outputs-private.ts";
import { applications, violations } from "../../support/policies.ts";
import { bucketParts } from "../../support/programs.ts";

type Opts = { provider: aws.Provider };

const key = "arn:aws:kms:us-east-1:111111111111:key/derived";
const encryption = { EncryptionType: "SERVER_SIDE_ENCRYPTION_KMS", KmsKeyArn: key };
const settings = (s3: object, more: object = {}): object => ({
  Inputs: [{ FileInput: "s3://raw/a.mp4" }],
  OutputGroups: [
    {
      OutputGroupSettings: {
        Type: "FILE_GROUP_SETTINGS",
        FileGroupSettings: { Destination: "s3://lake/out/", DestinationSettings: { S3Settings: s3 }, ...more },
      },
    },
  ],
});
const machine = (opts: Opts, given: object, Role: unknown = "arn:aws:iam::111111111111:role/transcodes", operation = "createJob"): void => {
  const Job = { Type: "Task", Resource: `arn:aws:states:::mediaconvert:${operation}.sync`, Arguments: { Role, ...given }, End: true };
  new aws.sfn.StateMachine("m", { roleArn: "arn:aws:iam::111111111111:role/m", definition: JSON.stringify({ StartAt: "Job", States: { Job } }) }, opts);
};
const job = (Settings: unknown) => (opts: Opts) => machine(opts, { Settings });

const denial = (Sid: string, Condition: object): object => ({
  Sid,
  Effect: "Deny",
  Principal: "*",
  Action: "s3:PutObject",
  Resource: "arn:aws:s3:::lake/*",
  Condition,
});
const denials = [
  denial("OtherEncryption", {
    Null: { "s3:x-amz-server-side-encryption": "false" },
    StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
  }),
  denial("OtherKey", {
    Null: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "false" },
    StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": key },
  }),
];
/** A machine whose jobs work out their settings, their role, and the bucket that it may write to. */
const computed =
  ({ resource = "arn:aws:s3:::lake/out/*", statements = denials, inline = false, action = "s3:PutObject" }) =>
  (opts: Opts): void => {
    bucketParts("lake", key, opts, { statements });
    const policy = JSON.stringify({ Statement: [{ Effect: "Allow", Action: [action], Resource: [resource] }] });
    const role = new aws.iam.Role(
      "transcodes",
      { name: "transcodes", assumeRolePolicy: "{}", ...(inline && { inlinePolicies: [{ name: "w", policy }] }) },
      opts,
    );
    if (!inline) new aws.iam.RolePolicy("writes", { role: role.name, policy }, opts);
    machine(opts, { Settings: "{% $plan.settings %}" }, "arn:aws:any:us-east-1:111111111111:transcodes");
  };

const encrypts = (problem: string): string => `State machine "m" starts a transcoding job in state "Job" that ${problem}.`;
const wrong = (problem: string): string => `State "Job" ${problem}.`;
const worksOut = "works out its settings as it runs, and may write to";

describe("rules of transcoding jobs", () => {
  const cases: [rule: Policies[number], what: string, program: (opts: Opts) => unknown, ...messages: string[]][] = [
    [mediaConvertJobsEncryptOutputs, "accepts a key in every output group", job(settings({ Encryption: encryption }))],
    [
      mediaConvertJobsEncryptOutputs,
      "refuses none",
      job(settings({})),
      encrypts("encrypts output group 1 with nothing; EncryptionType must be SERVER_SIDE_ENCRYPTION_KMS"),
    ],
    [
      mediaConvertJobsEncryptOutputs,
      "refuses a key of S3's",
      job(settings({ Encryption: { EncryptionType: "SERVER_SIDE_ENCRYPTION_S3" } })),
      encrypts("encrypts output group 1 with SERVER_SIDE_ENCRYPTION_S3; EncryptionType must be SERVER_SIDE_ENCRYPTION_KMS"),
    ],
    ...["alias/aws/s3", "{% $key %}"].map((KmsKeyArn): [Policies[number], string, (opts: Opts) => unknown, string] => [
      mediaConvertJobsEncryptOutputs,
      `refuses the key ${KmsKeyArn}`,
      job(settings({ Encryption: { ...encryption, KmsKeyArn } })),
      encrypts("must set KmsKeyArn of output group 1 to a customer-managed key, written out"),
    ]),
    [mediaConvertJobsEncryptOutputs, "refuses settings without outputs", job({ OutputGroups: [] }), encrypts("has no output group")],
    [mediaConvertJobsEncryptOutputs, "accepts settings that are worked out under a role that can't write otherwise", computed({})],
    [mediaConvertJobsEncryptOutputs, "accepts that of inline policies", computed({ inline: true })],
    [mediaConvertJobsEncryptOutputs, "accepts a role that writes nothing", computed({ action: "s3:GetObject", resource: "*" })],
    [
      mediaConvertJobsEncryptOutputs,
      "refuses a bucket that takes objects under S3's keys",
      computed({ statements: denials.slice(1) }),
      encrypts(`${worksOut} bucket "lake", which takes objects under any key`),
    ],
    [
      mediaConvertJobsEncryptOutputs,
      "refuses a bucket that takes objects under keys of others, in inline policies and by wildcards too",
      computed({ statements: denials.slice(0, 1), inline: true, action: "s3:*" }),
      encrypts(`${worksOut} bucket "lake", which takes objects under any key`),
    ],
    ...["arn:aws:s3:::other/*", "arn:aws:s3:::lake*/*", "*"].map((resource): [Policies[number], string, (opts: Opts) => unknown, string] => [
      mediaConvertJobsEncryptOutputs,
      `refuses a role that writes to ${resource}`,
      computed({ resource }),
      encrypts(`${worksOut} ${resource}, which is no bucket of this stack`),
    ]),
    [
      mediaConvertJobsEncryptOutputs,
      "refuses settings that are worked out under another role",
      job("{% $plan.settings %}"),
      encrypts("works out its settings as it runs, under a role that is none of this stack's"),
    ],

    [mediaConvertJobsKeepOutputsPrivate, "accepts videos of the lake", job(settings({ Encryption: encryption }))],
    [mediaConvertJobsKeepOutputsPrivate, "accepts settings that are worked out", job("{% $plan.settings %}")],
    ...["PUBLIC_READ", "AUTHENTICATED_READ", "{% $acl %}"].map((CannedAcl): [Policies[number], string, (opts: Opts) => unknown, string] => [
      mediaConvertJobsKeepOutputsPrivate,
      `refuses the access list ${CannedAcl}`,
      job(settings({ AccessControl: { CannedAcl } })),
      wrong(`gives output group 1 the access list ${CannedAcl}; CannedAcl must be left out`),
    ]),
    [
      mediaConvertJobsKeepOutputsPrivate,
      "refuses videos of other places",
      job({ ...settings({}), Inputs: [{ FileInput: "s3://raw/a.mp4" }, { FileInput: "https://example.org/a.mp4" }] }),
      wrong("reads FileInput 2 from https://example.org/a.mp4; it must start with s3://"),
    ],
    [
      mediaConvertJobsKeepOutputsPrivate,
      "refuses outputs to other places",
      job(settings({}, { Destination: "{% $where %}" })),
      wrong("writes output group 1 to {% $where %}; Destination must start with s3://"),
    ],
    [
      mediaConvertJobsKeepOutputsPrivate,
      "refuses outputs to no place",
      job(settings({}, { Destination: undefined })),
      wrong("writes output group 1 to nowhere; Destination must start with s3://"),
    ],
    [
      mediaConvertJobsKeepOutputsPrivate,
      "looks at probes too",
      (opts) => machine(opts, { InputFiles: [{ FileUrl: "{% 's3://' & $bucket %}" }, { FileUrl: "{% $url %}" }] }, undefined, "probe"),
      wrong("reads FileUrl 2 from {% $url %}; it must start with s3://"),
    ],
  ];
  for (const [rule, what, program, ...messages] of cases) {
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  it("sfn-media-convert-jobs-encrypt-outputs looks at attached policies, and trusts none that the stack does not write", async () => {
    const attached =
      (policyOf: (opts: Opts) => aws.iam.RolePolicyAttachmentArgs["policyArn"], more: Partial<aws.iam.RoleArgs> = {}) =>
      (opts: Opts) => {
        bucketParts("lake", key, opts, { statements: denials });
        const role = new aws.iam.Role("transcodes", { name: "transcodes", assumeRolePolicy: "{}", ...more }, opts);
        new aws.iam.RolePolicyAttachment("attached", { role: role.name, policyArn: policyOf(opts) }, opts);
        machine(opts, { Settings: "{% $plan.settings %}" }, "arn:aws:any:us-east-1:111111111111:transcodes");
      };
    const own = (statement: object) => (opts: Opts) => new aws.iam.Policy("p", { policy: JSON.stringify({ Statement: statement }) }, opts).arn;
    const lake = own({ Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::lake/*" });
    const allBut = own({ Effect: "Allow", Action: "s3:PutObject", NotResource: "arn:aws:s3:::x/*" });
    const anything = [encrypts(`${worksOut} *, which is no bucket of this stack`)];
    expect(await violations(mediaConvertJobsEncryptOutputs, attached(lake))).to.deep.equal([]);
    expect(await violations(mediaConvertJobsEncryptOutputs, attached(allBut))).to.deep.equal(anything);
    expect(
      await violations(
        mediaConvertJobsEncryptOutputs,
        attached(() => "arn:aws:iam::aws:policy/AmazonS3FullAccess"),
      ),
    ).to.deep.equal(anything);
    expect(await violations(mediaConvertJobsEncryptOutputs, attached(lake, { managedPolicyArns: ["arn:aws:iam::aws:policy/X"] }))).to.deep.equal(anything);
  });

  it("apply to machines that transcode", async () => {
    const other = (opts: Opts): void => machine(opts, {}, undefined, "getJob");
    for (const rule of [mediaConvertJobsEncryptOutputs, mediaConvertJobsKeepOutputsPrivate]) expect(await applications(rule, other)).to.equal(0);
  });
});
