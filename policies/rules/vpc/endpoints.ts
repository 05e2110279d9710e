import type { PolicyResource } from "@pulumi/policy";
import { knownText } from "../../given.ts";

export const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";

/** The service of AWS that an endpoint leads to: `sagemaker.runtime`; undefined for a service of somebody else. */
export const serviceOf = ({ props }: Pick<PolicyResource, "props">): string | undefined =>
  /^com\.amazonaws\.[a-z]{2}(?:-[a-z]+)+-\d\.(.+)$/.exec(knownText(props, "serviceName") ?? "")?.[1];

export const isInterface = ({ props }: Pick<PolicyResource, "props">): boolean => props["vpcEndpointType"] === "Interface";
export const isGateway = ({ props }: Pick<PolicyResource, "props">): boolean => (props["vpcEndpointType"] ?? "Gateway") === "Gateway";
