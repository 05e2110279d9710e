import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openApiDocument, openApiFile } from "../../contracts/openapi.ts";
import { root } from "../root.ts";
import { main } from "./command.ts";

const document = `docs/${openApiFile}`;

await main({
  help: `
npm run openapi [-- --write]

Prints the HTTP API as an OpenAPI 3.1 document: every route with its scope, and the schemas that it checks with. The page's
address serves the same as /${openApiFile}.

  --write       write ${document}
  -h, --help    this text

Exit code: 0 done; 2 wrong usage.`,
  options: { write: { type: "boolean" } },
  positionals: [],
  async run({ write }) {
    const text = `${JSON.stringify(openApiDocument(), null, 2)}\n`;
    if (!write) process.stdout.write(text);
    else {
      await writeFile(join(root, document), text);
      process.stdout.write(`Wrote ${document}.\n`);
    }
    return 0;
  },
});
