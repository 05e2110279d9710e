import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { openApiDocument } from "../../contracts/openapi.ts";

/** The part of the document that is used here. */
interface Document {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, Answer> }>>;
  components: { responses: Record<string, Answer> };
}
type Answer = { $ref: string } | { content: Record<string, { schema: object }> };

export interface Heard {
  readonly method: string;
  /** Below the server's address. */
  readonly path: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: unknown;
}

/** Holds answers against the OpenAPI document, with a validator of JSON Schema that others wrote. */
export function answerChecker() {
  const document = openApiDocument() as unknown as Document;
  // Words of OpenAPI are none of JSON Schema.
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(document, "document");
  const compiled = new Map<object, ValidateFunction>();
  const validatorOf = (schema: object): ValidateFunction => {
    const known = compiled.get(schema) ?? ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')));
    compiled.set(schema, known);
    return known;
  };
  const templates = Object.keys(document.paths).map((path) => ({ path, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`) }));

  /** The operation that an answer is of, and all that the document does not say of it. */
  return ({ method, path, status, contentType, body }: Heard): { operation: string; faults: string[] } => {
    const template = templates.find(({ pattern, path: known }) => pattern.test(path) && document.paths[known]?.[method.toLowerCase()]);
    const operation = template && document.paths[template.path]?.[method.toLowerCase()];
    if (operation === undefined) return { operation: "none", faults: [`${method} ${path} is not in the document.`] };
    const { operationId, responses } = operation;
    const named = responses[status];
    if (named === undefined) return { operation: operationId, faults: [`${operationId} may not answer ${status}.`] };
    const answer = "$ref" in named ? document.components.responses[named.$ref.split("/").pop() as string] : named;
    const schema = answer && "content" in answer ? answer.content[contentType]?.schema : undefined;
    if (schema === undefined) return { operation: operationId, faults: [`${operationId} may not answer ${status} with ${contentType}.`] };
    const isValid = validatorOf(schema);
    const faults = isValid(body) ? [] : (isValid.errors ?? []).map(({ instancePath, message }) => `${operationId} ${status}: ${instancePath} ${message}`);
    return { operation: operationId, faults };
  };
}
