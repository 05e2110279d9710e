/** A move of objects to another storage class, so many days after they were written. */
export interface Transition {
  readonly days: number;
  readonly storageClass: "STANDARD_IA" | "INTELLIGENT_TIERING" | "GLACIER_IR" | "GLACIER" | "DEEP_ARCHIVE";
}

/**
 * The classes from warm to cold, with the least days that an object stays in each: objects only ever move down
 * (S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle"), and S3 bills the least days of a class also to who leaves it earlier.
 */
const leastDays = { STANDARD: 0, STANDARD_IA: 30, INTELLIGENT_TIERING: 0, GLACIER_IR: 90, GLACIER: 90, DEEP_ARCHIVE: 180 } as const;
const fromWarmToCold = Object.keys(leastDays);

/** What is wrong with moves that are made one after the other, each on a day of its own, and with objects that may be deleted in the end. */
export function flawOfTransitions(transitions: readonly Transition[], expireDays?: number): string | undefined {
  let earliest = 0;
  let before: keyof typeof leastDays = "STANDARD";
  for (const { days, storageClass } of transitions) {
    if (fromWarmToCold.indexOf(storageClass) <= fromWarmToCold.indexOf(before))
      return `must move objects to colder classes only, not from ${before} to ${storageClass}.`;
    const least = Math.max(earliest, storageClass === "STANDARD_IA" ? 30 : 0);
    if (!(Number.isInteger(days) && days >= least)) return `must move objects to ${storageClass} after ${least} days or more, not ${days}.`;
    earliest = days + Math.max(1, leastDays[storageClass]);
    before = storageClass;
  }
  if (expireDays !== undefined && expireDays < earliest) return `must leave objects in ${before} until day ${earliest}, not delete them on day ${expireDays}.`;
  return undefined;
}
