import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import type { DeployedResource } from "./deployment.ts";
import type { Schemas } from "./schema/schemas.ts";
import { isUrn } from "./urn.ts";

/** What is wrong with the options of a resource; mocks let all of it pass. */
export function checkOptions(
  request: RegisterResourceRequest,
  schemas: Schemas,
  registered: ReadonlyMap<string, DeployedResource>,
): { path: string; reason: string }[] {
  const failures: { path: string; reason: string }[] = [];
  const schema = schemas.resource(request.getType());
  const known = schema && new Set([...Object.keys(schema.inputs), ...schema.outputs, ...schema.optionalOutputs]);
  const options: [name: string, paths: string[]][] = [
    ["ignoreChanges", request.getIgnorechangesList()],
    ["replaceOnChanges", request.getReplaceonchangesList()],
    ["additionalSecretOutputs", request.getAdditionalsecretoutputsList()],
  ];
  for (const [option, paths] of options) {
    for (const path of paths) {
      const property = /^[^.[]+/.exec(path)?.[0] ?? path;
      if (known !== undefined && path !== "*" && !known.has(property))
        failures.push({ path: `options.${option}`, reason: `names ${path}, which the resource does not have.` });
    }
  }
  for (const alias of request.getAliasesList()) {
    const urn = alias.getUrn();
    if (urn === "") continue;
    if (!isUrn(urn)) failures.push({ path: "options.aliases", reason: `holds "${urn}", which is no URN.` });
    else if (registered.has(urn)) failures.push({ path: "options.aliases", reason: `names ${urn}, which another resource of this program has.` });
  }
  if (request.getImportid() !== "") {
    failures.push({
      path: "options.import",
      reason: `imports ${request.getImportid()}; nothing exists offline, so import it with the Pulumi CLI and take the option out.`,
    });
  }
  return failures;
}
