/** A route that a request took. */
export interface Match<T> {
  readonly routeKey: string;
  /** Path parameters, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly value: T;
}

interface Route<T> {
  readonly method: string;
  readonly segments: readonly string[];
  readonly value: T;
}

/** How exactly a segment of a route matches: literal, one segment, the rest of the path. */
const weight = (segment: string): number => (segment.startsWith("{") ? (segment.endsWith("+}") ? 2 : 1) : 0);

/** Routes of an HTTP API, by route key. */
export function createRoutes<T>() {
  const routes = new Map<string, Route<T>>();

  function parametersOf({ segments }: Route<T>, path: readonly string[]): Record<string, string> | undefined {
    const parameters: Record<string, string> = {};
    for (const [i, segment] of segments.entries()) {
      const given = path[i];
      if (segment.endsWith("+}")) {
        if (given === undefined) return undefined;
        parameters[segment.slice(1, -2)] = path.slice(i).map(decodeURIComponent).join("/");
        return parameters;
      }
      if (given === undefined || given === "") return undefined;
      if (segment.startsWith("{")) parameters[segment.slice(1, -1)] = decodeURIComponent(given);
      else if (segment !== given) return undefined;
    }
    return segments.length === path.length ? parameters : undefined;
  }

  return {
    put(routeKey: string, value: T): void {
      if (routeKey === "$default") {
        routes.set(routeKey, { method: "ANY", segments: [], value });
        return;
      }
      const [, method, path] = /^(GET|PUT|POST|PATCH|DELETE|HEAD|OPTIONS|ANY) (\/\S*)$/.exec(routeKey) ?? [];
      if (method === undefined || path === undefined)
        throw new Error(`The route key ${routeKey} must be a method and a path, such as GET /cases/{caseId}, or $default.`);
      routes.set(routeKey, { method, segments: path.split("/").slice(1), value });
    },

    /** The most specific route of a request: literal before parameter before rest, the method before ANY, $default last. */
    find(method: string, path: string): Match<T> | undefined {
      const segments = path.split("/").slice(1);
      const matches = [...routes].flatMap(([routeKey, route]) => {
        if (routeKey === "$default" || (route.method !== "ANY" && route.method !== method)) return [];
        try {
          const parameters = parametersOf(route, segments);
          return parameters ? [{ routeKey, route, parameters }] : [];
        } catch {
          return []; // a path that is not URL-encoded names nothing
        }
      });
      const rank = ({ route }: (typeof matches)[number]): string => route.segments.map(weight).join("") + (route.method === "ANY" ? "1" : "0");
      const [best] = matches.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
      if (best) return { routeKey: best.routeKey, parameters: best.parameters, value: best.route.value };
      const fallback = routes.get("$default");
      return fallback && { routeKey: "$default", parameters: {}, value: fallback.value };
    },
  };
}
