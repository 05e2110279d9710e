import type { PolicyResource } from "@pulumi/policy";
import { refersTo } from "../../relations.ts";

/** Stages of REST APIs, and of HTTP and WebSocket APIs. */
export const restStage = "aws:apigateway/stage:Stage";
export const stage = "aws:apigatewayv2/stage:Stage";

/** Settings of a REST stage's methods, those of all methods alone. */
export function settingsOfAllMethods(of: PolicyResource, resources: readonly PolicyResource[]): Readonly<Record<string, unknown>> | undefined {
  const found = resources.find(
    (resource) =>
      resource.type === "aws:apigateway/methodSettings:MethodSettings" &&
      resource.props["methodPath"] === "*/*" &&
      (refersTo(resource, "stageName", of, []) || refersToSameStage(resource, of)),
  );
  return found?.props["settings"] as Readonly<Record<string, unknown>> | undefined;
}

/** A name of a stage is one in its API only. */
const refersToSameStage = (settings: PolicyResource, of: PolicyResource): boolean =>
  settings.props["stageName"] === of.props["stageName"] &&
  ((settings.propertyDependencies["restApi"] ?? []).some(({ urn }) => (of.propertyDependencies["restApi"] ?? []).some((api) => api.urn === urn)) ||
    settings.props["restApi"] === of.props["restApi"]);

/** What a stage of an HTTP or WebSocket API says of all routes, and of single ones. */
export function routeSettingsOf(props: Readonly<Record<string, unknown>>): RouteSettings[] {
  const { defaultRouteSettings, routeSettings = [] } = props as { defaultRouteSettings?: RouteSettings; routeSettings?: RouteSettings[] };
  return [...(defaultRouteSettings === undefined ? [] : [defaultRouteSettings]), ...routeSettings];
}

export interface RouteSettings {
  readonly routeKey?: string;
  readonly dataTraceEnabled?: boolean;
  readonly loggingLevel?: string;
  readonly throttlingBurstLimit?: number;
  readonly throttlingRateLimit?: number;
}
