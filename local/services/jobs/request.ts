import { notImplemented } from "../../wire/service.ts";

/** Throws NotImplemented, naming them, if a request has members beside the implemented ones. */
export function assertImplemented(operation: string, input: object, implemented: readonly string[]): void {
  const others = Object.entries(input).filter(([key, value]) => value !== undefined && !implemented.includes(key));
  if (others.length > 0) throw notImplemented(others.map(([key]) => `${operation}.${key}`).join(" and "));
}
