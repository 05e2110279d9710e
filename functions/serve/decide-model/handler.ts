import { modelDecision, modelId, modelVersion, type RegisteredVersion } from "../../../contracts/model-registry.ts";
import { callerOf } from "../../runtime/caller.ts";
import { InvalidInput, NotFound, Outdated } from "../../runtime/errors.ts";
import { jsonBody, route } from "../../runtime/http.ts";
import { log } from "../../runtime/log.ts";
import type { ModelGroups, Registry } from "../model-registry.ts";

export interface Deps {
  groups: ModelGroups;
  registry: Pick<Registry, "version" | "decide">;
  now(): Date;
}

/**
 * `POST /models/{model}/versions/{modelVersion}/decision`: a person approves or rejects a version, and says why; also one that was decided about
 * before. The registry keeps who and when. What follows from it is not this function's: the registry tells the event bus.
 */
export const createHandler = (deps: Deps) =>
  route(async (request): Promise<RegisteredVersion> => {
    const model = modelId.safeParse(request.pathParameters["model"]);
    const number = modelVersion.safeParse(request.pathParameters["modelVersion"]);
    if (!model.success || !number.success)
      throw new InvalidInput(
        ...(model.success ? [] : ["The model must be named by lower-case letters, digits and hyphens."]),
        ...(number.success ? [] : ["The version must be a whole number above 0."]),
      );
    const decision = jsonBody(request, modelDecision);
    const { sub } = callerOf(request);
    const group = Object.hasOwn(deps.groups, model.data) ? deps.groups[model.data] : undefined;
    if (group === undefined) throw new NotFound("There is no such model.");
    const version = Number(number.data);
    const before = await deps.registry.version(group, version);
    if (before.approval !== decision.from) throw new Outdated(`The version is ${before.approval} by now, not ${decision.from}. Look at it again.`);
    if (before.approval === decision.approval) throw new InvalidInput(`The version is ${before.approval} already.`);
    await deps.registry.decide(group, version, decision, { decidedBy: sub, decidedAt: deps.now().toISOString() });
    log("model decided", { modelId: model.data, status: decision.approval });
    return deps.registry.version(group, version);
  });
