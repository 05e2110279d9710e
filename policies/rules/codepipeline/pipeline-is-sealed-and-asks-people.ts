import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey, judgeEach } from "../../given.ts";

/** What is deployed is what somebody looked at: the source can't be exchanged on its way, and a person agrees before anything is built that deploys. */
export const pipelineIsSealedAndAsksPeople: ResourceValidationPolicy = {
  name: "codepipeline-pipeline-is-sealed-and-asks-people",
  description: "Pipelines of CodePipeline must encrypt their artefacts with a customer-managed key and ask a person for approval.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)", "164.312(c)(1)", "164.308(a)(4)(ii)(B)", "164.308(a)(8)"),
  tags: ["codepipeline", "encryption", "supply-chain"],
  remediationSteps: "Use our DeployPipeline, or set artifactStores[].encryptionKey and an action of the category Approval.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    if (type !== "aws:codepipeline/pipeline:Pipeline") notApplicable("Only pipelines of CodePipeline deploy by it.");
    const { artifactStores = [], stages = [] } = props as Pipeline;
    const asks = stages.some(({ actions = [] }) => actions.some(({ category }) => category === "Approval"));
    if (!asks) report(`Pipeline "${name}" asks nobody; a stage must have an action of the category Approval.`);
    judgeEach(artifactStores, (store) => {
      if (!isCustomerKey(store.encryptionKey, "id")) report(`Pipeline "${name}" has no customer-managed key; artifactStores must have encryptionKey.`);
    });
  },
};

interface Pipeline {
  readonly artifactStores?: readonly { readonly encryptionKey?: { readonly id?: string } }[];
  readonly stages?: readonly { readonly actions?: readonly { readonly category?: string }[] }[];
}
