import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { namedIn, routesOf, subnets } from "./networks.ts";

/** Each subnet says where its traffic goes and what may pass: nothing hangs on what a network's defaults are today. */
export const subnetHasFencesOfItsOwn: StackValidationPolicy = {
  name: "vpc-subnet-has-fences-of-its-own",
  description: "Subnets must have a route table and a network ACL that the program makes.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)"),
  tags: ["vpc", "network", "nprm-2025"],
  remediationSteps: "Use Network, or add a RouteTableAssociation of the subnet and a NetworkAcl that names it.",
  validateStack: (args, report) =>
    judgeAll(args, report, subnets, (subnet, say) => {
      if (routesOf(subnet, args.resources) === undefined) say("has no route table of its own; it must have a RouteTableAssociation.");
      const fenced = args.resources.some(
        (resource) =>
          (resource.type === "aws:ec2/networkAcl:NetworkAcl" &&
            namedIn(resource, "subnetIds", [subnet.type], args.resources).some(({ urn }) => urn === subnet.urn)) ||
          (resource.type === "aws:ec2/networkAclAssociation:NetworkAclAssociation" && refersTo(resource, "subnetId", subnet, ["id"])),
      );
      if (!fenced) say("has no network ACL of its own; a NetworkAcl must name it.");
    }),
};
