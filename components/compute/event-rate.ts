/** A schedule of EventBridge that comes again after so much time: `rate(1 day)`, `rate(7 days)`. One is of one, more are of several (EventBridge User Guide, "Rate expressions"). */
export const eventRate = (every: number, unit: "hour" | "day"): string => `rate(${every} ${unit}${every === 1 ? "" : "s"})`;
