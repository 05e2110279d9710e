import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { accountsOf, ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { statementsOf } from "../../documents.ts";
import { at } from "../../expressions.ts";
import { judgeEach } from "../../given.ts";
import { coversAction } from "../../requests.ts";
import { bucketsNamed } from "../sagemaker/lake.ts";

const kinds = ["text", "image", "video", "embedding"];

/** CloudTrail says that a model was called, and not what it was shown and said. Who reviews what was done with patients' data needs that. */
export const useOfModelsIsLogged: StackValidationPolicy = {
  name: "bedrock-use-of-models-is-logged",
  description: "Accounts that may call Bedrock's models must log every call with all that it carries, into a bucket or log group of their own.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(b)", "164.308(a)(1)(ii)(D)"),
  tags: ["bedrock", "audit", "presence"],
  remediationSteps: "Add an InvocationLoggingConfiguration with s3Config and every kind of data delivered.",
  validateStack: ({ resources, notApplicable }, report) => {
    const accounts = accountsOf(resources).filter((account) => account.resources.some(callsModels));
    if (accounts.length === 0) notApplicable("Nothing in the stack may call a model of Bedrock.");
    judgeEach(accounts, (account) => {
      const say = (wrong: string): void => report(`Account "${account.name}" ${wrong}`, account.urn);
      const [logging] = ofType(account.resources, "aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration");
      if (logging === undefined) return say("may call models of Bedrock and logs no call; it must have an InvocationLoggingConfiguration.");
      const config = logging.props["loggingConfig"] as Readonly<Record<string, unknown>> | undefined;
      const dropped = kinds.filter((kind) => config?.[`${kind}DataDeliveryEnabled`] === false);
      if (dropped.length > 0) say(`logs calls of Bedrock without their ${dropped.join(", ")}; every kind of data must be delivered.`);
      const bucket = at(config, "s3Config.bucketName") ?? at(config, "cloudwatchConfig.largeDataDeliveryS3Config.bucketName");
      // Pictures and videos do not fit into events of CloudWatch.
      if (bucket === undefined) say("logs calls of Bedrock into no bucket; s3Config.bucketName must name one.");
      else if (!bucketsNamed(resources).has(String(bucket))) say(`logs calls of Bedrock into ${String(bucket)}, which is no bucket of the stack.`);
    });
  },
};

const users =
  /^aws:(bedrock\/(agentAgent|agentFlow|agentKnowledgeBase|inferenceProfile|provisionedModelThroughput|evaluationJob)|bedrockmodel\/invocationJob):/;
const policies = /^aws:iam\/(policy|rolePolicy|userPolicy|groupPolicy):/;

/** Whether a resource calls models of Bedrock, or lets somebody call them by a statement that names Bedrock. */
function callsModels({ type, props }: PolicyResource): boolean {
  if (users.test(type)) return true;
  const inline = type === "aws:iam/role:Role" ? ((props["inlinePolicies"] ?? []) as { policy?: unknown }[]).map(({ policy }) => policy) : [];
  const documents = policies.test(type) ? [props["policy"] as unknown] : inline;
  return documents
    .filter((document) => document !== undefined)
    .flatMap(statementsOf)
    .some(
      (statement) =>
        statement.effect === "Allow" && statement.actions.some((action) => action.startsWith("bedrock:")) && coversAction(statement, "bedrock:InvokeModel"),
    );
}
