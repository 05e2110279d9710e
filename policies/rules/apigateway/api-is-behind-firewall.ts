import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { restStage } from "./stages.ts";

const api = "aws:apigatewayv2/api:Api";

/**
 * A firewall stands in front of every API. It can guard stages of REST APIs, and no HTTP or WebSocket API (AWS WAF Developer Guide, "Resources that
 * you can protect with AWS WAF"): for these it stands before the distribution by which browsers come, and their own address, which stays open
 * past it, must let in nobody without an authorizer.
 */
export const apiIsBehindFirewall: StackValidationPolicy = {
  name: "apigateway-api-is-behind-firewall",
  description: "REST stages must be behind a web ACL, and other APIs behind a distribution with one and closed to whoever comes past it.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.308(a)(5)(ii)(B)", "164.308(a)(1)(ii)(B)"),
  tags: ["apigateway", "attacks"],
  remediationSteps: "Add a WebAclAssociation of the REST stage, or lead browsers through ReviewSite and give every route an authorizer, as CaseApi does.",
  validateStack: (args, report) =>
    judgeAll(args, report, { types: [restStage, api], noun: "API" }, (subject, say) => {
      if (subject.type === restStage) {
        if (!args.resources.some((resource) => guardsStage(resource, subject))) say("has no firewall; its stage must have a WebAclAssociation.");
        return;
      }
      if (!args.resources.some((resource) => leadsTo(resource, subject))) say("has no firewall; a distribution with webAclId must lead to it.");
      const open = args.resources.filter((resource) => isOpenRouteOf(resource, subject)).map(({ props }) => String(props["routeKey"]));
      if (open.length > 0) say(`lets in everybody past its firewall at ${open.join(", ")}; every route must have an authorizer.`);
    }),
};

const guardsStage = (resource: PolicyResource, stage: PolicyResource): boolean =>
  resource.type === "aws:wafv2/webAclAssociation:WebAclAssociation" &&
  isGiven(resource.props, "webAclArn") &&
  refersTo(resource, "resourceArn", stage, ["arn"]);

const leadsTo = ({ type, props, propertyDependencies }: PolicyResource, subject: PolicyResource): boolean =>
  type === "aws:cloudfront/distribution:Distribution" &&
  isGiven(props, "webAclId") &&
  (propertyDependencies["origins"] ?? []).some(({ urn }) => urn === subject.urn);

/** Only the first route of a WebSocket has an authorizer: by it everything else comes in. */
function isOpenRouteOf(resource: PolicyResource, subject: PolicyResource): boolean {
  if (resource.type !== "aws:apigatewayv2/route:Route" || !refersTo(resource, "apiId", subject, ["id"])) return false;
  const key = String(resource.props["routeKey"]);
  const asks = subject.props["protocolType"] === "WEBSOCKET" ? key === "$connect" : !key.startsWith("OPTIONS ");
  return asks && ["NONE", undefined].includes(resource.props["authorizationType"] as string | undefined);
}
