import type { PolicyResource } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { isGiven } from "../../given.ts";
import { refersTo } from "../../relations.ts";

export const configurationType = "aws:sagemaker/endpointConfiguration:EndpointConfiguration";
export const endpointType = "aws:sagemaker/endpoint:Endpoint";

/** The configuration that an endpoint runs, if this stack makes it. */
export const configurationOf = (endpoint: PolicyResource, resources: readonly PolicyResource[]): PolicyResource | undefined =>
  ofType(resources, configurationType).find((configuration) => refersTo(endpoint, "endpointConfigName", configuration, ["name", "id"]));

/** Whether callers wait for answers. Requests to an asynchronous endpoint lie in a queue while nothing runs. */
export const isAnswering = (configuration: PolicyResource | undefined): boolean =>
  configuration === undefined || !isGiven(configuration.props, "asyncInferenceConfig");
