/** Minutes without a sign of anybody after which the session ends (HIPAA 164.312(a)(2)(iii)), and seconds that it is said before (WCAG 2.2, 2.2.1). */
export const idleSeconds = 15 * 60;
export const warningSeconds = 60;

export type Idleness = { readonly kind: "active" } | { readonly kind: "warned"; readonly secondsLeft: number } | { readonly kind: "over" };

/** Where a session stands whose last sign of life was so long ago. A machine that slept meanwhile is over at once. */
export function idlenessAfter(seconds: number): Idleness {
  if (seconds >= idleSeconds) return { kind: "over" };
  const left = idleSeconds - seconds;
  return left > warningSeconds ? { kind: "active" } : { kind: "warned", secondsLeft: Math.ceil(left) };
}
