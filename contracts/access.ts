/**
 * Who may do what with the HTTP API. A scope is what a route ({@link file://./routes.ts}) asks for and what an access token carries; a role is a group of
 * the user pool. Nobody gets more than the role needs: HIPAA 164.308(a)(4)(ii)(B), 164.502(b).
 */

/** First part of every scope as tokens carry it: `svp/cases.read`. */
export const scopePrefix = "svp";

/** Scopes, and what each lets a person do. */
export const scopes = {
  "cases.read": "See cases, their analyses and their videos",
  "cases.export": "Take results out of the platform as files",
  "cases.write": "Upload videos, and say what cases show",
  "corrections.write": "Correct what analyses found",
  "reports.sign": "Sign reports",
  "cases.admin": "Delete cases, and go on with what failed",
  "datasets.read": "See what networks are trained and tested with",
  "models.read": "See versions of networks, and whether they are approved",
  "models.approve": "Approve and reject versions of networks",
  "audit.read": "See who saw what of which case",
  "images.infer": "Have a single image analyzed",
} as const;
export type Scope = keyof typeof scopes;

/** Roles, and the scopes of each. */
export const roles = {
  surgeon: { description: "Reviews operations", scopes: ["cases.read", "cases.export", "cases.write", "corrections.write", "reports.sign", "images.infer"] },
  researcher: { description: "Studies analyses", scopes: ["cases.read", "cases.export", "datasets.read"] },
  "ml-engineer": { description: "Tries networks", scopes: ["datasets.read", "models.read", "images.infer"] },
  admin: {
    description: "Runs the platform",
    scopes: [
      "cases.read",
      "cases.export",
      "cases.write",
      "corrections.write",
      "cases.admin",
      "datasets.read",
      "models.read",
      "models.approve",
      "audit.read",
      "images.infer",
    ],
  },
} as const satisfies Record<string, { description: string; scopes: readonly Scope[] }>;
export type Role = keyof typeof roles;

/** A scope as tokens carry it. */
export const scopeName = (scope: Scope): string => `${scopePrefix}/${scope}`;

/** Scopes, as tokens carry them, of a member of these groups. A group that is no role gives none. */
export function scopesOf(groups: readonly string[]): string[] {
  const held = new Set(groups.flatMap((group): readonly Scope[] => (Object.hasOwn(roles, group) ? roles[group as Role].scopes : [])));
  return [...held].sort().map(scopeName);
}
