/**
 * Who may do what with the HTTP API. A scope is what a route asks for and what an access token carries; a role is a group of
 * the user pool. Nobody gets more than the role needs: HIPAA 164.308(a)(4)(ii)(B), 164.502(b).
 */

/** First part of every scope as tokens carry it: `svp/cases.read`. */
export const scopePrefix = "svp";

/** Scopes, and what each lets a person do. */
export const scopes = {
  "cases.read": "See cases, their analyses and their videos",
  "cases.export": "Take results out of the platform as files",
  "cases.write": "Upload videos, and say what cases show",
  "images.infer": "Have a single image analyzed",
} as const;
export type Scope = keyof typeof scopes;

/** Roles, and the scopes of each. */
export const roles = {
  surgeon: { description: "Reviews operations", scopes: ["cases.read", "cases.export", "cases.write", "images.infer"] },
  researcher: { description: "Studies analyses", scopes: ["cases.read", "cases.export"] },
  "ml-engineer": { description: "Tries networks", scopes: ["images.infer"] },
  admin: { description: "Runs the platform", scopes: ["cases.read", "cases.export", "cases.write", "images.infer"] },
} as const satisfies Record<string, { description: string; scopes: readonly Scope[] }>;
export type Role = keyof typeof roles;

/** The scope that each route of the API asks for. */
export const routeScopes = {
  "GET /cases": "cases.read",
  "GET /cases/{caseId}": "cases.read",
  "GET /cases/{caseId}/measures": "cases.read",
  "GET /cases/{caseId}/report": "cases.read",
  "POST /uploads": "cases.write",
  "POST /uploads/{uploadId}/parts": "cases.write",
  "GET /uploads/{uploadId}/parts": "cases.write",
  "POST /uploads/{uploadId}/completion": "cases.write",
  "DELETE /uploads/{uploadId}": "cases.write",
  "POST /cases/{caseId}/exports": "cases.export",
  "GET /cases/{caseId}/exports/{exportId}": "cases.export",
  "POST /cases/{caseId}/annotations": "cases.write",
  "POST /infer": "images.infer",
} as const satisfies Record<string, Scope>;
export type RouteKey = keyof typeof routeScopes;

/** A scope as tokens carry it. */
export const scopeName = (scope: Scope): string => `${scopePrefix}/${scope}`;

/** Scopes, as tokens carry them, of a member of these groups. A group that is no role gives none. */
export function scopesOf(groups: readonly string[]): string[] {
  const held = new Set(groups.flatMap((group): readonly Scope[] => (Object.hasOwn(roles, group) ? roles[group as Role].scopes : [])));
  return [...held].sort().map(scopeName);
}
