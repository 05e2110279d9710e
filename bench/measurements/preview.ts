import { join } from "node:path";
import { root } from "../../local/root.ts";
import type { Measurement } from "../measurement.ts";
import { measureCommand } from "../resources.ts";

const stacks = ["shared", "dev", "staging", "prod", "local"] as const;
const bareRow = (stack: string): string => `bare program, ${stack}`;
const previewRow = (stack: string): string => `npm run preview, ${stack}`;

/** (e) What the checks of an offline preview cost, against the bare program under plain mocks. */
export const preview: Measurement = {
  id: "preview",
  title: "Offline preview",
  baseline: bareRow("prod"),
  needs: [],
  explanation:
    "`npm run preview -- STACK` (schema checks at any depth, options, providers, the stack it refers to, the policy pack, the tree) " +
    "against the same program under Pulumi's plain mocks, which check nothing.",
  prepare: async () =>
    stacks.flatMap((stack) => [
      async () => [
        (await measureCommand(bareRow(stack), process.execPath, [join(import.meta.dirname, "../children/bare-program.ts"), stack], { cwd: root })).sample,
      ],
      async () => [(await measureCommand(previewRow(stack), process.execPath, [join(root, "local/cli/preview.ts"), stack], { cwd: root })).sample],
    ]),
  conclude: (medians) =>
    stacks.flatMap((stack) => {
      const [bare, checked] = [medians.get(bareRow(stack)), medians.get(previewRow(stack))];
      return bare?.cpuSeconds && checked?.cpuSeconds
        ? [`\`${stack}\`: ${(checked.cpuSeconds / bare.cpuSeconds).toFixed(2)} times the bare program's CPU.`]
        : [];
    }),
};
