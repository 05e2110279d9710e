import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EndpointKind } from "../../contracts/model.ts";
import type { CaseAnalysis } from "../analysis/case-analysis.ts";
import type { RealTimeEndpoint } from "../analysis/real-time-endpoint.ts";
import type { UploadEvents } from "../analysis/upload-events.ts";
import { PlatformComponent } from "../component.ts";
import { functionId } from "../compute/function-bundles.ts";
import type { FunctionSettings } from "../compute/platform-function.ts";
import { physicalName } from "../place.ts";
import { dashboardBody } from "./dashboard-body.ts";

export interface PipelineDashboardArgs {
  settings: FunctionSettings;
  analysis: CaseAnalysis;
  uploads: UploadEvents;
  /** The endpoint for single images; those of analysers are the analysis' own. */
  endpoint: RealTimeEndpoint;
}

/**
 * One page with what passes through an environment. HIPAA 164.308(a)(1)(ii)(D): activity is looked at, not only kept.
 *
 * Metrics name functions, queues and machines, never a case: whoever may see the page sees nothing of a patient.
 */
export class PipelineDashboard extends PlatformComponent {
  /** Where people open it. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, { settings, analysis, uploads, endpoint }: PipelineDashboardArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:operations:PipelineDashboard", name, opts);
    const { place, bundles, deadLetters } = settings;

    const namesOf = (wanted: EndpointKind) => analysis.segmentEndpoints.flatMap(({ kind, endpoint }) => (kind === wanted ? [endpoint.endpointName] : []));
    const body = pulumi
      .output({
        stateMachineArn: analysis.stateMachineArn,
        transcodingQueueArn: analysis.transcodingQueueArn,
        endpoint: endpoint.endpointName,
        asyncEndpoints: namesOf("asynchronous"),
        realTimeEndpoints: namesOf("real-time"),
      })
      .apply((names) =>
        dashboardBody({
          ...names,
          region: place.region,
          workQueues: [uploads.queue.queueName],
          deadLetterQueues: [uploads.deadLetters.queueName, deadLetters.queueName],
          functions: [...bundles.keys()].map((handler) => physicalName(place, functionId(handler))),
        }),
      );
    const dashboard = new aws.cloudwatch.Dashboard(name, { dashboardName: physicalName(place, name), dashboardBody: pulumi.jsonStringify(body) }, this.child());

    this.url = pulumi.interpolate`https://${place.region}.console.aws.amazon.com/cloudwatch/home?region=${place.region}#dashboards/dashboard/${dashboard.dashboardName}`;
    this.registerOutputs({ url: this.url });
  }
}
