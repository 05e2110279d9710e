import type { PolicyResource } from "@pulumi/policy";
import { rawVideosPrefix } from "../../../contracts/keys.ts";
import { ofType } from "../../accounts.ts";
import { type Statement, statementsOf } from "../../documents.ts";
import { refersTo } from "../../relations.ts";
import { coversAction, isDeniedToHolder } from "../../requests.ts";
import { roleType } from "./grants.ts";
import { isOnly, isPerson } from "./trusts.ts";

/** The roles of a stack that people take; whoever is one of `machines` is no person. */
export const rolesOfPeople = (resources: readonly PolicyResource[], machines: readonly string[] = []): PolicyResource[] =>
  ofType(resources, roleType).filter(({ props }) =>
    statementsOf(props["assumeRolePolicy"]).some(
      (trust) => trust.effect === "Allow" && trust.principals.some(isPerson) && !isOnly(trust, (arn) => machines.includes(arn)),
    ),
  );

/** The statements of policies that are attached to a role. */
export const statementsOfRole = (role: PolicyResource, resources: readonly PolicyResource[]): Statement[] =>
  ofType(resources, "aws:iam/rolePolicy:RolePolicy")
    .filter((policy) => refersTo(policy, "role", role, ["name", "id"]))
    .flatMap(({ props }) => statementsOf(props["policy"]));

/** Whether a role may read original videos. */
export function readsVideos(role: PolicyResource, resources: readonly PolicyResource[]): boolean {
  const statements = statementsOfRole(role, resources);
  return statements.some((statement) =>
    videosIn(statement).some((resource) => !isDeniedToHolder(statements, { action: "s3:GetObject", resource, context: {} })),
  );
}

/** One object for each pattern of original videos that a statement lets be read. */
export const videosIn = (statement: Statement): string[] =>
  statement.effect === "Allow" && coversAction(statement, "s3:GetObject")
    ? statement.resources.filter((resource) => resource.includes(`/${rawVideosPrefix}`)).map((resource) => resource.replaceAll("*", "any"))
    : [];
