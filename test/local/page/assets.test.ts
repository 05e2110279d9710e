import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { type Asset, pageAssets } from "../../../local/page/assets.ts";
import { startPage } from "../../../local/page/server.ts";
import { root } from "../../../local/root.ts";

/** What the page may weigh before anything is on the screen, bytes as they travel. */
const mostScriptBytes = 130_000;

describe("the page's build", () => {
  let assets: ReadonlyMap<string, Asset>;
  before(async () => {
    assets = await pageAssets(root);
  });
  const html = (): string => String(assets.get("/")?.body);
  const paths = (pattern: RegExp): string[] => [...html().matchAll(pattern)].map(([, path]) => path as string);

  it("loads few enough scripts at first, all of them its own", () => {
    const scripts = paths(/<script[^>]* src="([^"]+)"/g);
    expect(scripts).to.have.length(1);
    const bytes = scripts.map((path) => gzipSync(assets.get(path)?.body ?? expect.fail(path), { level: 9 }).length);
    expect(bytes.reduce((sum, size) => sum + size, 0)).to.be.below(mostScriptBytes);
    expect(html()).to.not.match(/https?:|<style|<script>| on[a-z]+="| style="/);
  });

  it("keeps the sign-in apart: only who must sign in loads it", () => {
    const apart = [...assets.keys()].filter((path) => path.startsWith("/assets/sign-in-"));
    expect(apart).to.have.length(1);
    expect(html()).to.not.include("sign-in");
  });

  it("holds nothing that is not served, and what it needs to know here", () => {
    expect([...assets.keys()].map((path) => path.replace(/-[\w-]{8}\./, "."))).to.have.members([
      ...[
        "/",
        "/assets/index.js",
        "/assets/index.css",
        "/assets/sign-in.js",
        "/assets/admin.js",
        "/assets/cohort.js",
        "/assets/compare.js",
        "/assets/help.js",
        "/assets/measure-table.js",
        "/assets/icon.svg",
        "/config.json",
        "/openapi.json",
      ],
    ]);
    expect(JSON.parse(String(assets.get("/config.json")?.body))).to.deep.equal({ api: "/api", signIn: null });
  });

  it("is served without TLS, so that cookies of the API's go without `Secure`, which Safari would not keep", async () => {
    const cookies = ["A=1; Path=/media/; Max-Age=900; Secure; HttpOnly; SameSite=Strict", "B=Secure; Path=/; secure"];
    const api = async () => ({ status: 201, headers: {}, cookies, body: Buffer.from("{}") });
    const page = await startPage({ assets, port: 0, wire: "http://127.0.0.1:1", api, media: async () => undefined });
    try {
      const answer = await fetch(new URL("api/cases/x/playback", page.url), { method: "POST" });
      expect(answer.headers.getSetCookie()).to.deep.equal(["A=1; Path=/media/; Max-Age=900; HttpOnly; SameSite=Strict", "B=Secure; Path=/"]);
    } finally {
      await page.close();
    }
  });

  it("is served under a policy that lets no text become code", async () => {
    const api = async () => expect.fail("Nobody asked the API.");
    const page = await startPage({ assets, port: 0, wire: "http://127.0.0.1:1", api, media: async () => undefined });
    try {
      const answer = await fetch(page.url);
      expect(await answer.text()).to.equal(html());
      const policy = answer.headers.get("content-security-policy") ?? "";
      expect(policy.split("; ")).to.include.members([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ]);
      expect(policy).to.not.include("unsafe");
    } finally {
      await page.close();
    }
  });
});
