// Pulumi's runner compiles `.ts` entries with the TypeScript of another age; Node reads ours itself from here on.
import "./index.ts";
