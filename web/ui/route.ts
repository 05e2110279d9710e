import type { Scope } from "../../contracts/access.ts";

export const adminTabs = ["views", "retention", "datasets", "models"] as const;
export type AdminTab = (typeof adminTabs)[number];
/** What the API asks for behind each: a tab that it would refuse is not there. */
export const adminScopes: Readonly<Record<AdminTab, Scope>> = {
  views: "audit.read",
  retention: "cases.admin",
  datasets: "datasets.read",
  models: "models.read",
};

/** Where one is in the page. It lies behind `#`, which browsers don't send: no server's log learns which case was opened. */
export type Route =
  | { readonly screen: "cases"; readonly search: Readonly<Record<string, string>> }
  | { readonly screen: "case"; readonly caseId: string; readonly frame: number | null }
  | { readonly screen: "report"; readonly caseId: string }
  | { readonly screen: "run"; readonly caseId: string }
  | { readonly screen: "cohort"; readonly caseId: string }
  | { readonly screen: "compare"; readonly first: string; readonly second: string | null }
  | { readonly screen: "queue" }
  | { readonly screen: "upload" }
  | { readonly screen: "help" }
  /** `caseId` is a case whose views alone are told. */
  | { readonly screen: "admin"; readonly tab: AdminTab; readonly caseId: string | null }
  | { readonly screen: "unknown" };

/** Reads what is behind `#`. */
export function routeOf(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const parts = path.split("/").filter((part) => part !== "");
  const values = new URLSearchParams(query);
  if (parts.length === 0 || (parts.length === 1 && parts[0] === "cases")) return { screen: "cases", search: Object.fromEntries(values) };
  if (parts.length === 1 && parts[0] === "upload") return { screen: "upload" };
  if (parts.length === 1 && parts[0] === "help") return { screen: "help" };
  if (parts.length === 1 && parts[0] === "review") return { screen: "queue" };
  const [area, encoded, screen, more] = parts;
  if (area === "admin" && parts.length === 2) {
    const tab = adminTabs.find((name) => name === encoded);
    return tab ? { screen: "admin", tab, caseId: (tab === "views" && values.get("case")) || null } : { screen: "unknown" };
  }
  if (area === "compare" && parts.length === 1) {
    const [first, second] = [values.get("a"), values.get("b")];
    return first ? { screen: "compare", first, second: second || null } : { screen: "unknown" };
  }
  if (area !== "cases" || encoded === undefined || more !== undefined) return { screen: "unknown" };
  const caseId = decoded(encoded);
  if (caseId === undefined) return { screen: "unknown" };
  if (screen === undefined) {
    const frame = values.get("f");
    return { screen: "case", caseId, frame: frame !== null && /^\d{1,9}$/.test(frame) ? Number(frame) : null };
  }
  return screen === "report" || screen === "run" || screen === "cohort" ? { screen, caseId } : { screen: "unknown" };
}

/** What stands behind `#` for a route. */
export function hashOf(route: Exclude<Route, { screen: "unknown" }>): string {
  if (route.screen === "upload") return "#/upload";
  if (route.screen === "queue") return "#/review";
  if (route.screen === "help") return "#/help";
  if (route.screen === "cases") {
    const query = new URLSearchParams(route.search).toString();
    return `#/cases${query && `?${query}`}`;
  }
  if (route.screen === "admin") return `#/admin/${route.tab}${route.caseId === null ? "" : `?${new URLSearchParams({ case: route.caseId })}`}`;
  if (route.screen === "compare") return `#/compare?${new URLSearchParams({ a: route.first, ...(route.second !== null && { b: route.second }) })}`;
  const of = `#/cases/${encodeURIComponent(route.caseId)}`;
  if (route.screen !== "case") return `${of}/${route.screen}`;
  return route.frame === null ? of : `${of}?f=${route.frame}`;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
