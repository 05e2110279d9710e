import { createHash } from "node:crypto";
import type { Properties } from "../deploy/provider.ts";

/** Where a resource lies and what it is called. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
  readonly name: string;
  readonly urn: string;
}

/** State of a resource: inputs, defaults and computed outputs. */
// biome-ignore lint/suspicious/noExplicitAny: the schema check has proven the shape of every input before it arrives here.
export type State = Record<string, any>;

/** What the local provider knows of one resource type. */
export interface ResourceType<Cloud> {
  /** Id and computed outputs, as the AWS provider answers them. Deterministic: the same program gives the same ids. */
  computed(inputs: State, place: Place): { id: string } & Properties;
  /**
   * Makes the resource live. Absent for a resource that configures nothing the local cloud does: it is recorded,
   * with its ids, for the program and the policies.
   */
  live?(cloud: Cloud, state: State, place: Place): void | Promise<void>;
}

/** Digits of a hash of the URN: an id that stays the same from run to run. */
export const hexOf = (text: string, digits: number): string => createHash("sha256").update(text).digest("hex").slice(0, digits);

/** A UUID in the shape AWS uses for key and mapping ids. */
export function uuidOf(text: string): string {
  const hex = hexOf(text, 32);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join("-");
}

/** Physical name: the given one, or the logical name with a suffix as Pulumi's auto-naming gives. */
export const physicalName = (given: unknown, place: Place): string => (typeof given === "string" ? given : `${place.name}-${hexOf(place.urn, 7)}`);

/** `arn:aws:service:region:account:resource` */
export const arn = (service: string, { region, accountId }: Place, resource: string): string => `arn:aws:${service}:${region}:${accountId}:${resource}`;
