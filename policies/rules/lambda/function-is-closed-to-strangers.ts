import type { ResourceValidationPolicy } from "@pulumi/policy";
import { accountIdOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { accountOf, isService } from "../../strangers.ts";

type Properties = Readonly<Record<string, unknown>>;

/**
 * Nobody calls a function but its own account, and services on its behalf: each permission names one action and whose event
 * it is about, and an address of a function's own asks for a signature (Lambda Developer Guide, "Viewing resource-based IAM policies").
 */
export const functionIsClosedToStrangers: ResourceValidationPolicy = {
  name: "lambda-function-is-closed-to-strangers",
  description: "Lambda functions and layers must let in nobody but their own account, and services on its behalf.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.312(d)", "164.308(a)(4)(ii)(B)"),
  tags: ["lambda", "access"],
  remediationSteps: "Give the Permission a sourceArn that names the account, or a sourceAccount; give a FunctionUrl authorizationType AWS_IAM.",
  validateResource: ({ type, name, props, provider, notApplicable }, report) => {
    const judge = judges[type] ?? notApplicable("The resource lets nobody call a function.");
    for (const wrong of judge(props, accountIdOf(provider))) report(`${type.split(":")[2]} "${name}" ${wrong}`);
  },
};

const judges: Readonly<Record<string, (props: Properties, own: string | undefined) => string[]>> = {
  "aws:lambda/permission:Permission": (props, own) => {
    const [principal, action] = [String(props["principal"]), String(props["action"])];
    const wrong = action.includes("*") ? [`allows ${action}; it must name one action.`] : [];
    if (props["functionUrlAuthType"] === "NONE") return [...wrong, "lets anybody call without a signature; functionUrlAuthType must be AWS_IAM."];
    if (principal === "*") return isGiven(props, "principalOrgId") ? wrong : [...wrong, "lets in everybody; it must name a principal."];
    if (!isService(principal)) {
      const account = accountOf(principal);
      return account === own ? wrong : [...wrong, `lets in ${account === undefined ? principal : `account ${account}`}.`];
    }
    if (isGiven(props, "sourceAccount")) {
      return props["sourceAccount"] === own ? wrong : [...wrong, `lets in ${principal} on behalf of account ${String(props["sourceAccount"])}.`];
    }
    const account = isGiven(props, "sourceArn") ? String(props["sourceArn"]).split(":")[4] : undefined;
    if (account === own && own !== undefined) return wrong;
    return [
      ...wrong,
      `lets in ${principal} on behalf of ${account && /^\d{12}$/.test(account) ? `account ${account}` : "any account"}; sourceArn or sourceAccount must name its own.`,
    ];
  },
  "aws:lambda/functionUrl:FunctionUrl": (props) => {
    const { allowOrigins = [] } = (props["cors"] ?? {}) as { allowOrigins?: string[] };
    return [
      ...(props["authorizationType"] === "AWS_IAM" ? [] : [`has authorizationType ${String(props["authorizationType"])}; it must be AWS_IAM.`]),
      ...(allowOrigins.includes("*") ? ["answers pages of every origin; cors.allowOrigins must name them."] : []),
    ];
  },
  "aws:lambda/layerVersionPermission:LayerVersionPermission": (props, own) => {
    const principal = String(props["principal"]);
    if (principal === "*") return isGiven(props, "organizationId") ? [] : ["lets in everybody; it must name a principal."];
    return accountOf(principal) === own ? [] : [`lets in account ${accountOf(principal) ?? principal}.`];
  },
};
