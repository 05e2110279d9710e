import type { DeployedResource } from "../deploy/deployment.ts";
import type { Price } from "./prices.ts";

/** So much of something that has a price. */
export interface Charge {
  /** What is paid for, for people: "NAT gateway". */
  readonly what: string;
  readonly price: Price;
  /** In the price's unit; a month's worth where it is charged by the month. */
  readonly quantity: number;
}

/** What a resource of one type costs. */
export interface IdleRule {
  /** Charged while nothing is uploaded and nobody is signed in. Absent: nothing. Throws a sentence for what it can't price. */
  readonly charges?: (resource: DeployedResource, stack: StackView) => readonly Charge[];
  /** What is billed when it is used. Absent: nothing, ever. */
  readonly billed?: string;
}

/** The resources that a rule may look at beside its own. */
export interface StackView {
  readonly resources: readonly DeployedResource[];
  ofType(type: string): readonly DeployedResource[];
}

export type IdleRules = Readonly<Record<string, IdleRule>>;

/** Costs nothing, idle or used. */
export const free: IdleRule = {};

/** Costs nothing while idle. */
export const byUse = (billed: string): IdleRule => ({ billed });

/** Costs by the month, and perhaps by use too. */
export const priced = (charges: NonNullable<IdleRule["charges"]>, billed?: string): IdleRule => ({ charges, ...(billed !== undefined && { billed }) });

/** One rule for several types. */
export const all = (rule: IdleRule, ...types: readonly string[]): IdleRules => Object.fromEntries(types.map((type) => [type, rule]));

export const usdOf = ({ price, quantity }: Charge): number => price.usd * quantity;
