/**
 * Whether an event pattern matches an event (EventBridge User Guide, "Event patterns"), as far as it names values. Of a list in the
 * event one item is enough. A pattern with a comparison that is not known here matches nothing.
 */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  if (Array.isArray(event)) return event.some((item) => matchesPattern(pattern, item));
  if (Array.isArray(pattern)) return pattern.includes(event);
  if (typeof pattern !== "object" || pattern === null || typeof event !== "object" || event === null) return false;
  return Object.entries(pattern).every(([key, inner]) => matchesPattern(inner, (event as Record<string, unknown>)[key]));
}
