import { cholecystectomy } from "./cholecystectomy.ts";
import { hysterectomy } from "./hysterectomy.ts";
import type { Procedure } from "./procedure.ts";

/** Every procedure that can be drawn, the default first. */
export const procedures: readonly Procedure[] = [cholecystectomy, hysterectomy];
