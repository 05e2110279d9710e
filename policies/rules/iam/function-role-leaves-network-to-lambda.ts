import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { statementsOf } from "../../documents.ts";
import { knownText } from "../../given.ts";
import { deniedBy } from "../../openings.ts";
import { referrers } from "../../relations.ts";
import { coversAction, isDeniedToHolder } from "../../requests.ts";
import { judgeAll } from "../../subjects.ts";
import { roleType, statementsIn } from "./grants.ts";

/** What Lambda does with a function's role to join the function to a network, and to part it from one. */
export const joiningActions = [
  "AssignPrivateIpAddresses",
  "CreateNetworkInterface",
  "DeleteNetworkInterface",
  "DescribeNetworkInterfaces",
  "DescribeSubnets",
  "UnassignPrivateIpAddresses",
].map((action) => `ec2:${action}`);
const functionKey = "lambda:sourcefunctionarn";

/**
 * Lambda joins a function to a network with the function's own role, on every resource, as IAM knows none to name. The function's code must
 * not: the role denies it where the request comes from the function (Lambda Developer Guide, "Giving Lambda functions access to resources
 * in an Amazon VPC").
 */
export const functionRoleLeavesNetworkToLambda: StackValidationPolicy = {
  name: "iam-function-role-leaves-network-to-lambda",
  description: "Roles of Lambda functions must deny the function's own code what Lambda needs to join it to a network.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.312(a)(1)", "164.312(e)(1)"),
  tags: ["iam", "lambda", "least-privilege"],
  remediationSteps: "Make the function a PlatformFunction, or deny the actions where lambda:SourceFunctionArn is the function.",
  validateStack: (args, report) => {
    const roles = args.resources.filter((resource) => resource.type === roleType && isOfFunction(resource));
    const named = referrers(roles, ["name", "id"]);
    const roleOf = (policy: PolicyResource): PolicyResource | undefined => named(policy, "role");
    const taken = referrers(roles, ["arn"]);
    const holders = Map.groupBy(ofType(args.resources, "aws:lambda/function:Function"), (fn) => taken(fn, "role")?.urn);
    const joins = (policy: PolicyResource): boolean =>
      roleOf(policy) !== undefined &&
      statementsIn(policy).some((statement) => statement.effect === "Allow" && joiningActions.some((action) => coversAction(statement, action)));
    judgeAll(args, report, { types: ["aws:iam/rolePolicy:RolePolicy"], noun: "Policy", where: joins }, (policy, say) => {
      const statements = statementsIn(policy);
      const functions = holders.get(roleOf(policy)!.urn) ?? [];
      const arns = functions.flatMap(({ props }) => knownText(props, "arn") ?? []);
      // Where no function is known yet, the denial itself says which it means.
      const sources = arns.length > 0 ? arns : deniedBy(statements, functionKey);
      const isDenied = (action: string, arn: string): boolean =>
        isDeniedToHolder(statements, { action, context: { [functionKey]: arn }, resource: "arn:aws:ec2:us-east-1:999999999999:any" });
      const open = joiningActions.filter(
        (action) =>
          statements.some((statement) => statement.effect === "Allow" && coversAction(statement, action)) &&
          !(sources.length > 0 && sources.every((arn) => isDenied(action, arn))),
      );
      if (open.length > 0) say(`lets the function's own code do ${open.join(", ")}; it must deny that by lambda:SourceFunctionArn.`);
    });
  },
};

const isOfFunction = ({ props }: PolicyResource): boolean =>
  statementsOf(props["assumeRolePolicy"]).some(({ principals }) => principals.includes("lambda.amazonaws.com"));
