import { type Random, random } from "../synthetic/random.ts";
import { mean } from "./mean.ts";

/** A mean over operations with its uncertainty. */
export interface Interval {
  readonly mean: number;
  /** 2.5th and 97.5th percentile of the means of resampled operations; null of fewer than two operations. */
  readonly low: number | null;
  readonly high: number | null;
  /** Sample standard deviation over operations; null of fewer than two. */
  readonly deviation: number | null;
  readonly operations: number;
}

const resamples = 2000;

/**
 * Mean and 95 % percentile interval by resampling whole operations (Efron and Tibshirani, 1993, chapter 13): frames of one operation
 * resemble each other, so frames must not be resampled. The same values always give the same interval.
 * @throws if there is no value
 */
export function interval(values: readonly number[], seed = 1): Interval {
  if (values.length === 0) throw new Error("A mean needs a value.");
  const average = mean(values);
  if (values.length === 1) return { mean: average, low: null, high: null, deviation: null, operations: 1 };
  const next = random(seed, "bootstrap");
  const means = Float64Array.from({ length: resamples }, () => mean(resampled(values, next))).sort();
  return {
    mean: average,
    low: means[Math.floor(0.025 * resamples)] as number,
    high: means[Math.ceil(0.975 * resamples) - 1] as number,
    deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1)),
    operations: values.length,
  };
}

const resampled = (values: readonly number[], next: Random): number[] => values.map(() => values[Math.floor(next() * values.length)] as number);
