import type { Parameters } from "fast-check";

const seed = Number(process.env["FUZZ_SEED"] ?? 20261126);

/**
 * How long to try, and from which seed: the same in every run of the tests. `FUZZ_RUNS` multiplies the tries and `FUZZ_SEED` chooses others
 * (`npm run fuzz`); what fails tells its seed and its smallest example.
 */
export const runs = <T>(usual: number): Parameters<T> => ({ seed, numRuns: usual * Number(process.env["FUZZ_RUNS"] ?? 1) });
