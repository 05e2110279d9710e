import { expect } from "chai";
import type { DeployedResource } from "../../../local/deploy/deployment.ts";
import { type Finding, objections, scannerDocument } from "../../../local/scanner/checkov.ts";
import { terraformPlan, terraformType } from "../../../local/scanner/terraform-plan.ts";
import type { Waiver } from "../../../local/scanner/waivers.ts";

const resource = (type: string, name: string, inputs: object, propertyDependencies = {}): DeployedResource => ({
  ...{ urn: `urn:${name}`, type, name, parent: undefined, custom: true, inputs: inputs as DeployedResource["inputs"], outputs: {} },
  ...{ dependencies: [], propertyDependencies, protect: false, ignoreChanges: [], provider: undefined, id: name },
});

describe("a plan for scanners", () => {
  it("names types as Terraform does", () => {
    const names = [
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      "aws:s3/bucketObjectv2:BucketObjectv2",
      "aws:ec2/vpcEndpoint:VpcEndpoint",
      "aws:cfg/conformancePack:ConformancePack",
      "aws:cloudtrail/trail:Trail",
    ].map(terraformType);
    expect(names).to.deep.equal(["aws_s3_bucket_public_access_block", "aws_s3_object", "aws_vpc_endpoint", "aws_config_conformance_pack", "aws_cloudtrail"]);
  });

  it("tells blocks as lists under the name of one, maps as they are, and what refers to what", () => {
    const bucket = resource("aws:s3/bucket:Bucket", "lake", { bucket: "b", tags: { someTag: "x" } });
    const rules = resource(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "lake.encryption",
      { bucket: "b", rules: [{ bucketKeyEnabled: true, applyServerSideEncryptionByDefault: { kmsMasterKeyId: "k" } }] },
      { bucket: ["urn:lake"], other: [] },
    );
    const component = { ...bucket, custom: false, type: "svp:data:Bucket", urn: "urn:c" };
    const plan = terraformPlan([component, bucket, rules]) as {
      planned_values: { root_module: { resources: { address: string; values: object }[] } };
      configuration: { root_module: { resources: { expressions: object }[] } };
    };
    const rule = [{ bucket_key_enabled: true, apply_server_side_encryption_by_default: [{ kms_master_key_id: "k" }] }];
    expect(plan.planned_values.root_module.resources.map(({ address, values }) => [address, values])).to.deep.equal([
      ["aws_s3_bucket.lake", { bucket: "b", tags: { someTag: "x" } }],
      ["aws_s3_bucket_server_side_encryption_configuration.lake_encryption", { bucket: "b", rules: rule, rule }],
    ]);
    expect(plan.configuration.root_module.resources[1]?.expressions).to.deep.equal({ bucket: { references: ["aws_s3_bucket.lake.id", "aws_s3_bucket.lake"] } });
  });
});

describe("findings of a scanner", () => {
  const finding: Finding = { check: "CKV_1", title: "Ensure all is well", resource: "aws_s3_bucket.lake" };
  const opinion = { stack: "prod", version: "1", resourceCount: 2, passed: 9, findings: [finding] };
  const waiver: Waiver = { check: "CKV_1", resources: /^aws_s3_bucket\.lake$/, because: "It is." };

  it("are refused where nothing explains them, and so are explanations of nothing", () => {
    expect(objections([opinion], [waiver])).to.deep.equal([]);
    expect(objections([opinion], [])).to.deep.equal(["prod: CKV_1 Ensure all is well (aws_s3_bucket.lake)"]);
    expect(objections([opinion], [{ ...waiver, resources: /^aws_s3_bucket\.other$/ }])).to.deep.equal([
      "prod: CKV_1 Ensure all is well (aws_s3_bucket.lake)",
      "The waiver of CKV_1 for ^aws_s3_bucket\\.other$ is about nothing any more: take it out.",
    ]);
  });

  it("are counted in the document", () => {
    expect(scannerDocument([opinion])).to.include("| prod | 2 | 9 | 1 |");
  });
});
