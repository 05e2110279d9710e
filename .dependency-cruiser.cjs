/** Who may import whom; the table is in docs/architecture.md. */
const rooms = ["contracts", "functions", "models", "components", "stacks", "policies", "local", "web"];
const allowed = {
  contracts: [],
  functions: ["contracts"],
  models: ["contracts"],
  components: ["contracts", "models/catalogue"],
  stacks: ["components", "contracts", "models/catalogue"],
  policies: ["contracts"],
  local: ["contracts", "models/metrics", "models/serving", "policies"],
  web: ["contracts"],
};

module.exports = {
  forbidden: [
    ...rooms.map((room) => ({
      name: `${room}-imports`,
      comment: `${room} may import only ${[room, ...allowed[room]].join(", ")}.`,
      severity: "error",
      from: { path: `^${room}/` },
      to: { dependencyTypes: ["local"], pathNot: [room, ...allowed[room]].map((to) => `^${to}`) },
    })),
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".js", ".cjs", ".mjs", ".json", ".d.ts"],
      mainFields: ["module", "main", "types"],
    },
  },
};
