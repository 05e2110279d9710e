import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { DataLake } from "../data/data-lake.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import { physicalName, regionalArn } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import { allow, type Statement } from "../security/policy.ts";
import type { InferenceImage } from "./inference-image.ts";
import { LanguageModelEndpoint, type OwnModel } from "./language-model-endpoint.ts";
import { ReportGuardrail } from "./report-guardrail.ts";
import { modelArn, reportModels } from "./report-models.ts";

/** A company other than AWS that runs a language model, and the agreement under which it is shown patients' data. HIPAA 164.308(b)(1), 164.504(e). */
export interface ThirdParty {
  vendor: string;
  /** Where its Chat Completions API is, without the last part: `https://llm.example.org/v1`. */
  endpoint: string;
  /** Secret with its key, named as everything of the environment is. Absent for a server on the same machine that asks for none. */
  secretArn?: string | undefined;
  /** Key that the secret is encrypted with, where it is a customer's. */
  secretKeyArn?: string | undefined;
  /** Days such as 2026-01-31, in UTC: nothing is sent before the first or after the second. */
  baaSignedOn: string;
  baaEndsOn?: string | undefined;
}

/** The model that drafts reports and answers questions, and who runs it. */
export type ModelRoute =
  | { readonly kind: "bedrock"; readonly modelId: string }
  | { readonly kind: "third-party"; readonly modelId: string; readonly thirdParty: ThirdParty; readonly network: ComputeNetwork }
  | OwnModelRoute;

/** A model of the organisation's own, and where its containers run. */
interface OwnModelRoute {
  readonly kind: "sagemaker";
  readonly modelId: string;
  readonly model: Omit<OwnModel, "name">;
  readonly image: InferenceImage;
  readonly network: ComputeNetwork;
}

export interface ReportLanguageModelArgs {
  settings: FunctionSettings;
  /** Holds a model of the organisation's own. */
  lake: DataLake;
  /** Encrypts the guardrail. */
  key: EncryptionKey;
  route: ModelRoute;
}

/** Seconds that a company has for an answer. */
const answerSeconds = 220;

/**
 * The platform's language model behind its guardrail: one of Amazon Bedrock, one of the organisation's own behind an endpoint of SageMaker, or one of
 * another company, which a function is asked for that has a way to it and nothing else. What may ask is given {@link environment} and {@link statements}.
 */
export class ReportLanguageModel extends PlatformComponent {
  readonly environment: Record<string, pulumi.Input<string>>;
  readonly statements: readonly Statement[];

  constructor(name: string, { settings, lake, key, route }: ReportLanguageModelArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:ReportLanguageModel", name, opts);
    const { modelId } = route;
    const guardrail = new ReportGuardrail(this.childName("guardrail"), { place: settings.place, key }, { parent: this });
    const common = { MODEL_ROUTE: route.kind, MODEL_ID: modelId, GUARDRAIL_ID: guardrail.guardrailId, GUARDRAIL_VERSION: guardrail.version };
    if (route.kind === "bedrock") {
      this.environment = { ...common, MODEL_STRUCTURED: String(reportModels.structured.includes(modelId)) };
      this.statements = guardrail.allowAsk(modelArn(settings.place.region, modelId));
    } else if (route.kind === "sagemaker") {
      const { image, network, model } = route;
      const endpoint = new LanguageModelEndpoint(
        this.childName("endpoint"),
        { settings, lake, image, network, model: { ...model, name: modelId } },
        { parent: this },
      );
      this.environment = { ...common, MODEL_VERSION: model.version, MODEL_ENDPOINT: endpoint.endpointName };
      this.statements = [endpoint.allowInvoke("AskOwnModel"), ...guardrail.allowApply()];
    } else {
      const caller = this.#outsideCaller(settings, route);
      this.environment = { ...common, MODEL_VENDOR: route.thirdParty.vendor, MODEL_FUNCTION: caller.functionName };
      this.statements = [caller.allowInvoke("AskThirdParty"), ...guardrail.allowApply()];
    }
    this.registerOutputs({ guardrailId: guardrail.guardrailId });
  }

  /** Its role reads one secret and no data: the policies let a way out of the network to no other function (`policies/rules/vpc/outside-callers.ts`). */
  #outsideCaller(settings: FunctionSettings, { thirdParty, network }: ModelRoute & { kind: "third-party" }): PlatformFunction {
    const { vendor, endpoint, secretArn, secretKeyArn, baaSignedOn, baaEndsOn } = thirdParty;
    const own = `${regionalArn(settings.place, "secretsmanager", "secret:")}${physicalName(settings.place, "")}`;
    if (secretArn !== undefined && !secretArn.startsWith(own)) this.reject("thirdParty.secretArn", `must begin with ${own}: roles reach no other secret.`);
    return new PlatformFunction(
      {
        settings: { ...settings, network },
        handler: "report/ask-third-party",
        description: `Asks the language model of ${vendor}`,
        timeoutSeconds: answerSeconds + 10,
        memoryMb: 256,
        environment: {
          ...{ MODEL_VENDOR: vendor, MODEL_URL: `${endpoint.replace(/\/$/, "")}/chat/completions`, MODEL_SECONDS: String(answerSeconds) },
          ...{ AGREEMENT_SIGNED_ON: baaSignedOn, ...(baaEndsOn !== undefined && { AGREEMENT_ENDS_ON: baaEndsOn }) },
          ...(secretArn !== undefined && { MODEL_SECRET_ARN: secretArn }),
        },
        statements: [
          ...(secretArn === undefined ? [] : [allow("ReadKeyOfVendor", ["secretsmanager:GetSecretValue"], [secretArn])]),
          ...(secretKeyArn === undefined
            ? []
            : [
                allow("OpenKeyOfVendor", ["kms:Decrypt"], [secretKeyArn], {
                  StringEquals: { "kms:ViaService": `secretsmanager.${settings.place.region}.amazonaws.com` },
                }),
              ]),
        ],
      },
      { parent: this },
    );
  }
}
