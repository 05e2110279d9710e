import { z } from "zod";
import { roles, scopeName, scopes } from "./access.ts";
import { analysis } from "./analysis.ts";
import { annotationSet } from "./annotation-set.ts";
import { apiError, type ProblemStatus, problemTitles, problemType } from "./api.ts";
import { caseSummary } from "./case.ts";
import { correction, correctionSet } from "./corrections.ts";
import { measure } from "./measures.ts";
import { report } from "./report.ts";
import { pathParameters, type RouteContract, routes } from "./routes.ts";

type Json = Readonly<Record<string, unknown>>;

/** What answers are made of and is worth a name of its own in the document. */
const parts = {
  Analysis: analysis,
  AnnotationNotes: annotationSet.shape.notes,
  CaseSummary: caseSummary,
  Correction: correction,
  CorrectionSet: correctionSet,
  Measure: measure,
  Problem: apiError,
  Report: report,
} as const satisfies Record<string, z.ZodType>;

const table = Object.entries(routes) as [string, RouteContract][];

/** `GET /cases/{caseId}/run` is `getCaseRun`: what stands for something is not named. */
const operationIdOf = (routeKey: string): string => {
  const [method = "", path = ""] = routeKey.split(" ");
  const segments = path.split("/").filter((segment) => segment !== "");
  const words = segments.flatMap((segment, i) => {
    if (segment.startsWith("{")) return [];
    // Of many, one is meant.
    const one = segments[i + 1]?.startsWith("{") ? segment.replace(/s$/, "") : segment;
    return one.split("-").map((word) => word[0]?.toUpperCase() + word.slice(1));
  });
  return method.toLowerCase() + words.join("");
};

/** Leaves out what only makes the document long: bounds of whole numbers that nobody gave them, and patterns that a format says in a word. */
const override = ({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void => {
  if (jsonSchema["format"] === "uuid" || jsonSchema["format"] === "date-time") delete jsonSchema["pattern"];
  if (jsonSchema["maximum"] === Number.MAX_SAFE_INTEGER) delete jsonSchema["maximum"];
  if (jsonSchema["minimum"] === Number.MIN_SAFE_INTEGER) delete jsonSchema["minimum"];
};

const referTo = (id: string): string => `#/components/schemas/${id}`;

/** The document's file, beside the page, and in `docs/`. */
export const openApiFile = "openapi.json";

/** JSON Schemas (2020-12) of what is sent, or of what is answered, by name; a part that has a name is referred to. */
function schemasOf(io: "input" | "output", named: Readonly<Record<string, z.ZodType>>): Record<string, Json> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io, override, uri: referTo, target: "draft-2020-12" });
  return Object.fromEntries(Object.entries(schemas).map(([id, { $schema, $id, ...schema }]) => [id, schema]));
}

const only = (schema: z.ZodType, io: "input" | "output"): Json => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, override, target: "draft-2020-12" });
  return rest;
};

const inQuery = (query: z.ZodObject): Json[] =>
  Object.entries(query.shape).map(([name, schema]) => ({
    name,
    in: "query",
    required: !(schema as z.ZodType).safeParse(undefined).success,
    schema: only(schema as z.ZodType, "input"),
  }));

const inPath = (path: string): Json[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => {
    const schema = (pathParameters as Readonly<Record<string, z.ZodType>>)[name];
    if (schema === undefined) throw new Error(`Nobody says what ${name} in ${path} is: contracts/routes.ts.`);
    return { name, in: "path", required: true, schema: only(schema, "input") };
  });

const version = { type: "string", pattern: '^"\\d{1,9}"$' };
const ifMatch = { name: "If-Match", in: "header", required: true, description: "The version that is changed: the ETag of what was read.", schema: version };

const imageBody = {
  required: true,
  content: {
    "image/*": {},
    "application/json": { schema: { type: "object", properties: { image: { type: "string", contentEncoding: "base64" } }, required: ["image"] } },
  },
};

const statusesOf = (path: string, { refuses = [] }: RouteContract): ProblemStatus[] =>
  [400, ...(path.includes("{") ? [404] : []), ...refuses, 500, 503] as ProblemStatus[];

function operationOf(routeKey: string, route: RouteContract): Json {
  const [, path = ""] = routeKey.split(" ");
  const id = operationIdOf(routeKey);
  const name = id[0]?.toUpperCase() + id.slice(1);
  const parameters = [...inPath(path), ...(route.query ? inQuery(route.query) : []), ...(route.changesVersion ? [ifMatch] : [])];
  const answered = {
    description: "Done.",
    ...(route.tellsVersion && { headers: { ETag: { description: "The version of what is answered about.", schema: version } } }),
    content: { "application/json": { schema: { $ref: referTo(`${name}Answer`) } } },
  };
  return {
    operationId: id,
    summary: route.summary,
    security: [{ userPool: [scopeName(route.scope)] }],
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && {
      requestBody: route.body === "image" ? imageBody : { required: true, content: { "application/json": { schema: { $ref: referTo(`${name}Request`) } } } },
    }),
    responses: {
      [route.status ?? 200]: answered,
      401: { $ref: "#/components/responses/NoToken" },
      403: { $ref: "#/components/responses/NoScope" },
      ...Object.fromEntries(statusesOf(path, route).map((status) => [status, { $ref: `#/components/responses/${nameOf(status)}` }])),
    },
  };
}

const nameOf = (status: ProblemStatus): string => problemTitles[status].replaceAll(" ", "");

const means: Readonly<Record<ProblemStatus, string>> = {
  400: "The request is wrong, or the case is not as it asks; every reason is told.",
  404: "There is no such thing, or not yet.",
  412: "What the request was made for has changed since: read it again first.",
  500: "The platform failed; it isn't the request.",
  503: "A service that the platform uses is busy: try again in a moment.",
};

const refusedByGateway = (description: string): Json => ({
  description: `${description} API Gateway itself refuses, before anything of the platform's runs.`,
  content: { "application/json": { schema: { type: "object", properties: { message: { type: "string" } } } } },
});

function named(): Record<string, Json> {
  const requests: Record<string, z.ZodType> = {};
  const answers: Record<string, z.ZodType> = { ...parts };
  for (const [routeKey, { body, answer }] of table) {
    const id = operationIdOf(routeKey);
    const name = id[0]?.toUpperCase() + id.slice(1);
    if (body !== undefined && body !== "image") requests[`${name}Request`] = body;
    // One schema that two routes answer with has the name of the first, and the second refers to it.
    answers[`${name}Answer`] = Object.values(answers).includes(answer) ? z.lazy(() => answer) : answer;
  }
  return { ...schemasOf("output", answers), ...schemasOf("input", requests) };
}

const rolesInWords = Object.entries(roles)
  .map(([role, { scopes: held }]) => `${role}: ${held.join(", ")}`)
  .join("; ");

/** The HTTP API as an OpenAPI 3.1 document: every route of {@link routes}, with the schemas that its function checks with. */
export function openApiDocument(): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [routeKey, route] of table) {
    const [method = "", path = ""] = routeKey.split(" ");
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(routeKey, route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Surgical video platform",
      version: "1",
      description:
        "Cases, what was found in them, uploads, corrections, reports and exports. Links in answers are signed and live 15 minutes. Answers are about patients: none may be cached.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    // As seen from where this document lies: both are on the page's origin.
    servers: [{ url: "/api" }],
    paths,
    components: {
      schemas: named(),
      responses: {
        NoToken: refusedByGateway("There is no token, or one that does not count."),
        NoScope: refusedByGateway("The token lacks the route's scope."),
        ...Object.fromEntries(
          (Object.keys(problemTitles).map(Number) as ProblemStatus[]).map((status) => [
            nameOf(status),
            { description: means[status], content: { [problemType]: { schema: { $ref: referTo("Problem") } } } },
          ]),
        ),
      },
      securitySchemes: {
        userPool: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: `An access token of the user pool. Scopes: ${Object.entries(scopes)
            .map(([scope, what]) => `${scopeName(scope as keyof typeof scopes)} (${what.toLowerCase()})`)
            .join(", ")}. Roles: ${rolesInWords}.`,
        },
      },
    },
  };
}
