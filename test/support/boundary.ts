import type { DeployedResource } from "../../local/deploy/deployment.ts";
import { createIam } from "../../local/services/iam/iam.ts";

interface Grant {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/** Whether a role that its own policies let do everything may do this within a boundary. */
export function within(document: string): (action: string, resource: string, context?: Record<string, string>) => boolean {
  const iam = createIam({ accountId: "111111111111" });
  const [policy, role] = ["arn:aws:iam::111111111111:policy/boundary", "arn:aws:iam::111111111111:role/any"];
  iam.putManagedPolicy(policy, JSON.parse(document));
  const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }] };
  iam.putRole({ arn: role, trustPolicy: trust, permissionsBoundary: policy });
  iam.putRolePolicy(role, "all", { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] });
  return (action, resource, context = {}) => {
    try {
      iam.authorize({ arn: role }, action, resource, context);
      return true;
    } catch {
      return false;
    }
  };
}

/** What roles are granted and a boundary would not let them do. A wildcard of a grant stands for itself. */
export function outside(resources: readonly DeployedResource[], document: string): string[] {
  const may = within(document);
  return resources
    .filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy")
    .flatMap(({ name, inputs }) =>
      (JSON.parse(inputs["policy"] as string) as { Statement: Grant[] }).Statement.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action, Resource }) =>
        Action.flatMap((action) => Resource.filter((resource) => !may(action, resource)).map((resource) => `${name}: ${action} on ${resource}`)),
      ),
    );
}
