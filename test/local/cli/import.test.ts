import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { problemOf } from "../../../contracts/api.ts";
import { writeSession } from "../../../local/cli/session.ts";
import { root } from "../../../local/root.ts";

const [caseId, setId] = ["0b0c5ad6-55a5-4b5e-9c1c-5b9f6f0d1a11", "9a1b6d1c-7c43-4df2-9a59-1c2f7b0f9f10"];
const [runId, contentSha256] = ["0123456789abcdef0123456789abcdef01234567", "a".repeat(64)];

/** The command against a stand-in for the API, which keeps what it is asked. */
describe("npm run import", () => {
  let data: string;
  let server: Server;
  let asked: { method: string; path: string; match: string | undefined; body: unknown }[];
  let adoptionStatus: number;
  before(async () => {
    data = mkdtempSync(join(tmpdir(), "svp-import-"));
    server = createServer(async (request, response) => {
      const sent = await text(request);
      asked.push({ method: request.method ?? "", path: request.url ?? "", match: request.headers["if-match"], body: sent === "" ? null : JSON.parse(sent) });
      const counts = { boxes: 1, masks: 0, segments: 0, events: 0 };
      const [status, answer] = request.url?.endsWith("/annotations")
        ? [201, { id: setId, caseId, runId, counts, notes: [] }]
        : request.method === "GET"
          ? [200, { caseId, runId, contentSha256, sets: [], version: 3, next: null }]
          : adoptionStatus === 201
            ? [201, { caseId, runId, version: 4, count: 2, notes: ["1 masks stay in the set."] }]
            : [412, problemOf(412, ["Somebody saved corrections meanwhile."])];
      response.writeHead(status as number, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const page = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const credentials = { accessKeyId: "a", secretAccessKey: "b", sessionToken: "c" };
    writeSession(data, { pid: process.pid, endpoint: page, api: page, region: "us-east-1", outputs: {}, page, credentials });
    for (const name of ["gt.txt", "names.txt", "found.txt"]) writeFileSync(join(data, name), `${name}\n`);
  });
  after(() => {
    server.close();
    rmSync(data, { recursive: true });
  });
  beforeEach(() => {
    asked = [];
    adoptionStatus = 201;
  });
  const run = async (...more: string[]) => {
    const args = [join(root, "local/cli/import.ts"), caseId as string, join(data, "gt.txt"), "--format", "mot", "--data", data, ...more];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, out, err };
  };

  it("hands in ground truth with its classes and detections, each under the name that the reader knows", async () => {
    const { code, out, err } = await run("--labels", join(data, "names.txt"), "--detections", join(data, "found.txt"));
    expect(code, err).to.equal(0);
    expect(JSON.parse(out)).to.deep.include({ id: setId, runId });
    expect(asked.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([`POST /api/cases/${caseId}/annotations`]);
    const { format, files } = asked[0]?.body as { format: string; files: { name: string; gzip: string }[] };
    expect([format, files.map(({ name, gzip }) => [name, gunzipSync(Buffer.from(gzip, "base64")).toString()])]).to.deep.equal([
      "mot",
      [
        ["gt.txt", "gt.txt\n"],
        ["labels.txt", "names.txt\n"],
        ["det.txt", "found.txt\n"],
      ],
    ]);
  });

  it("adopts the set on the version that the corrections have", async () => {
    const { code, out, err } = await run("--adopt");
    expect(code, err).to.equal(0);
    expect(out).to.contain('"count": 2').and.to.contain("1 masks stay in the set.");
    expect(asked.slice(1)).to.deep.equal([
      { method: "GET", path: `/api/cases/${caseId}/corrections`, match: undefined, body: null },
      { method: "POST", path: `/api/cases/${caseId}/corrections`, match: '"3"', body: { runId, contentSha256, annotationSet: setId } },
    ]);
  });

  it("tells why a set was not adopted, and that it is stored all the same", async () => {
    adoptionStatus = 412;
    const { code, out, err } = await run("--adopt");
    expect([code, out.includes(setId as string), err.includes("Somebody saved corrections meanwhile.")]).to.deep.equal([1, true, true]);
  });
});
