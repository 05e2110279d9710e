import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { endpoint } from "./endpoints.ts";

/** Types that join a network to another, or offer something in it to others. */
const joints: Readonly<Record<string, string>> = {
  "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": "peers with another network",
  "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": "peers with another network",
  "aws:ec2transitgateway/vpcAttachment:VpcAttachment": "joins a transit gateway",
  "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter": "joins a transit gateway",
  "aws:ec2transitgateway/peeringAttachment:PeeringAttachment": "joins a transit gateway",
  "aws:networkmanager/vpcAttachment:VpcAttachment": "joins a core network",
  "aws:ec2/vpcEndpointService:VpcEndpointService": "offers a service to other networks",
  "aws:vpclattice/serviceNetworkVpcAssociation:ServiceNetworkVpcAssociation": "joins a service network",
  "aws:ec2/vpnGateway:VpnGateway": "joins a network on the ground",
  "aws:ec2/vpnConnection:VpnConnection": "joins a network on the ground",
  "aws:dx/gatewayAssociation:GatewayAssociation": "joins a network on the ground",
  "aws:ec2clientvpn/endpoint:Endpoint": "lets in machines of people",
};

/** Environments are apart: nothing of a trial reaches patients' data. Endpoints lead to AWS's own services, and to no service of somebody else. */
export const networkIsJoinedToNoOther: ResourceValidationPolicy = {
  name: "vpc-network-is-joined-to-no-other",
  description: "VPCs must be joined to no other network, and endpoints must lead to AWS's own services.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)", "164.308(a)(4)(ii)(A)", "164.308(b)(1)"),
  tags: ["vpc", "network", "segmentation", "nprm-2025"],
  remediationSteps: "Hand data over through a bucket or a queue whose policy names who may; write a waiver where a network must be joined.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    if (type === endpoint) {
      const service = String(props["serviceName"] ?? props["resourceConfigurationArn"] ?? props["serviceNetworkArn"]);
      if (!/^(com\.amazonaws|aws\.sagemaker)\./.test(service) || service.includes(".vpce."))
        report(`"${name}" leads to ${service}; it must lead to a service of AWS.`);
      return;
    }
    const how = joints[type] ?? notApplicable("The resource joins no networks.");
    report(`"${name}" ${how}.`);
  },
};
