import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { accountIdOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { type Statement, statementsOf } from "../../documents.ts";
import { outsidersIn } from "../../organization.ts";
import { coversAction } from "../../requests.ts";

/** Changes what a version is, or whether it may be used. */
const changes = ["CreateModelPackage", "UpdateModelPackage", "DeleteModelPackage", "DeleteModelPackageGroup", "PutModelPackageGroupPolicy", "AddTags"].map(
  (action) => `sagemaker:${action}`,
);

/** A network may remember patients that it learned from. Accounts of the platform use approved versions; only its own account makes and approves them. */
export const modelVersionsStayOnPlatform: ResourceValidationPolicy = {
  name: "sagemaker-model-versions-stay-on-platform",
  description: "Policies of SageMaker model package groups must let in no stranger, and let no other account change or approve a version.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(b)(1)", "164.312(a)(1)", "164.312(c)(1)", "164.308(a)(4)(ii)(B)"),
  tags: ["sagemaker", "access"],
  remediationSteps: "Use our ModelRegistry, which binds its readers to the organisation by aws:PrincipalOrgID.",
  validateResource: validateResourceOfType(aws.sagemaker.ModelPackageGroupPolicy, ({ resourcePolicy }, args, report) => {
    const statements = statementsOf(resourcePolicy);
    for (const problem of outsidersIn(statements, accountIdOf(args.provider))) report(`Policy "${args.name}" ${problem}.`);
    for (const statement of statements.filter(({ effect }) => effect === "Allow")) {
      const allowed = changesOf(statement);
      if (allowed.length > 0) report(`Policy "${args.name}" lets others change versions by ${allowed.join(", ")} (${statement.sid}).`);
    }
  }),
};

const changesOf = (statement: Statement): string[] => changes.filter((action) => coversAction(statement, action));
