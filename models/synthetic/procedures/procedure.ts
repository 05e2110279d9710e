import type { Procedure as ProcedureId } from "../../../contracts/case.ts";
import type { Instrument } from "../classes.ts";
import type { Surface } from "../surface.ts";

/** A phase of a procedure's script. */
export interface Phase {
  readonly label: string;
  /** How long it lasts on average in the operations that the script is taken from. */
  readonly meanSeconds: number;
  /** What the drawn right hand uses in it, in turn. The left holds a grasper. */
  readonly rightHand: readonly Instrument[];
}

/** What the generator knows of a procedure: its script and what lies in sight. */
export interface Procedure {
  readonly id: ProcedureId;
  readonly phases: readonly Phase[];
  /** Every instrument in use, as the ground truth lists and counts them. */
  readonly instruments: readonly Instrument[];
  /** The field of view as a relief, for a seed and so many texels a unit. */
  readonly field: (seed: number, scale: number) => Surface;
}
