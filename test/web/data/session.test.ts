import { expect } from "chai";
import { type CaseDetail, problemOf } from "../../../contracts/api.ts";
import { Api, type Refusal, readFrameTable } from "../../../web/data/api.ts";
import { Failure, reasonIn, reasonsFor } from "../../../web/data/failure.ts";
import { FreshLinks } from "../../../web/data/fresh-case.ts";
import { idlenessAfter } from "../../../web/data/idle.ts";
import { scopesIn } from "../../../web/data/sign-in.ts";
import { startSession } from "../../../web/data/start-session.ts";
import { texts } from "../../../web/text/text.ts";

/** What a failure says to readers of each language. */
const inBoth = ({ reasons }: Failure): string[] =>
  Object.values(texts).map((text) => reasons.map((reason) => (typeof reason === "string" ? reason : reason(text))).join(" "));

describe("idleness", () => {
  it("is warned of for the last minute of a quarter of an hour, and then over", () => {
    expect([0, 839, 840, 899.5, 900, 1e9].map(idlenessAfter)).to.deep.equal([
      { kind: "active" },
      { kind: "active" },
      { kind: "warned", secondsLeft: 60 },
      { kind: "warned", secondsLeft: 1 },
      { kind: "over" },
      { kind: "over" },
    ]);
  });
});

describe("what ended the page before it began", () => {
  const real = globalThis.fetch;
  afterEach(() => {
    globalThis.fetch = real;
  });

  it("is told in the reader's language where it is the page's to say", async () => {
    globalThis.fetch = async () => new Response("", { status: 403 });
    const error = (await startSession().catch((thrown: Error) => thrown)) as Failure;
    expect(inBoth(error)).to.deep.equal([
      "The page's own settings could not be read: /config.json answered 403.",
      "無法讀取本頁面的設定：/config.json 回應 403。",
    ]);
  });

  it("is nobody signed in where the platform asks for none", async () => {
    globalThis.fetch = async () => Response.json({ api: "/api", signIn: null });
    const { config, session } = await startSession();
    expect([config.api, session.signsIn, session.may("cases.admin")]).to.deep.equal(["/api", false, true]);
  });

  it("keeps the reasons of a failure, says that nobody was reached, and else has the browser's own words", () => {
    const said = (error: Error) => Object.values(texts).map((text) => reasonsFor(error).map((reason) => reasonIn(text, reason)));
    expect(said(new Failure(({ failures }) => failures.signIn, "No state."))).to.deep.equal([
      ["Signing in failed.", "No state."],
      ["登入未成功。", "No state."],
    ]);
    expect(said(new TypeError("fetch"))).to.deep.equal([[texts.en.offline], [texts["zh-TW"].offline]]);
    expect(said(new Error("Odd."))).to.deep.equal([["Odd."], ["Odd."]]);
  });
});

describe("Api", () => {
  const real = globalThis.fetch;
  afterEach(() => {
    globalThis.fetch = real;
  });
  const session = { signsIn: true, subject: "s", may: () => true, headers: async () => ({ authorization: "Bearer t" }), signOut: async () => undefined };
  const answering = (status: number, body: string) => {
    const asked: [string, RequestInit | undefined][] = [];
    globalThis.fetch = async (url, init) => {
      asked.push([String(url), init]);
      return new Response(body, { status });
    };
    return asked;
  };

  it("asks with the session's token, and leaves empty filters out", async () => {
    const asked = answering(200, `{"cases":[],"next":null}`);
    expect(await new Api("/api", session).cases({ status: "FAILED", event: "", phase: "a b" })).to.deep.equal({ cases: [], next: null });
    expect(asked[0]?.[0]).to.equal("/api/cases?status=FAILED&phase=a+b");
    expect(asked[0]?.[1]?.headers).to.deep.equal({ authorization: "Bearer t" });
  });

  it("gives all reasons of a refusal, whoever refuses", async () => {
    const refusal = async (status: number, body: string): Promise<Refusal> => {
      answering(status, body);
      return new Api("/api", session).run("x").then(
        () => expect.fail("It was no refusal."),
        (error: Refusal) => error,
      );
    };
    const ours = await refusal(400, JSON.stringify(problemOf(400, ["One.", "Two."])));
    expect([ours.status, ours.reasons]).to.deep.equal([400, ["One.", "Two."]]);
    expect((await refusal(401, `{"message":"Unauthorized"}`)).reasons).to.deep.equal(["Unauthorized"]);
    expect(ours.message).to.equal("One. Two.");
    for (const [status, body] of [
      [502, "<html>"],
      [200, "not JSON"],
      [500, `{"reasons":[]}`],
    ] as const) {
      const told = await refusal(status, body);
      expect([told.name, told.status, ...inBoth(told)]).to.deep.equal([
        ...["Refusal", status, `The platform answered ${status} to GET /cases/x/run.`],
        `平台對 GET /cases/x/run 回應 ${status}，未說明原因。`,
      ]);
      expect(told.message).to.equal(`The platform answered ${status} to GET /cases/x/run.`);
    }
  });

  it("says in the reader's language why a file of an analysis can't be read", async () => {
    const failed = (): Promise<Failure> =>
      readFrameTable("https://lake/table.json").then(
        () => expect.fail("It could be read."),
        (error: Failure) => error,
      );
    answering(403, "<Error/>");
    const refused = await failed();
    expect([refused.name, (refused as Refusal).status, ...inBoth(refused)]).to.deep.equal([
      ...["Refusal", 403, "A file of the analysis could not be read: the storage answered 403."],
      "無法讀取分析檔案：儲存服務回應 403。",
    ]);
    answering(200, `{"schema":"frame-table/9.0"}`);
    const newer = await failed();
    expect([newer.name, ...inBoth(newer)]).to.deep.equal([
      ...["Failure", "The page reads frame-table/1.0, and was given frame-table/9.0. Reload the page."],
      "本頁面讀取的是 frame-table/1.0，收到的卻是 frame-table/9.0。請重新載入頁面。",
    ]);
  });
});

describe("scopes of a session", () => {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = (claims: object) => `${encode({ alg: "RS256" })}.${encode(claims)}.c2lnbmF0dXJl`;

  it("are those in its access token, whatever its letters", () => {
    expect(scopesIn(token({ scope: "openid svp/audit.read", sub: "\u00ff\u00fe?>" }))).to.deep.equal(["openid", "svp/audit.read"]);
  });

  it("are none where there is no token, or none that can be read", () => {
    for (const none of [undefined, "", "opaque", "a.b.c", token({}), token({ scope: ["svp/audit.read"] })]) expect(scopesIn(none)).to.deep.equal([]);
  });
});

describe("FreshLinks", () => {
  const links = (review: string): CaseDetail["links"] => ({
    review,
    frameTable: null,
    timeline: null,
    sprites: null,
    poster: null,
    detections: {},
    masks: {},
    scores: {},
    tracks: null,
  });

  it("asks for links again before they run out, once, and again after a failure", async () => {
    let now = 0;
    const answers = [() => Promise.reject(new Error("down")), async () => ({ links: links("second") }) as CaseDetail];
    const fresh = new FreshLinks(
      links("first"),
      () => (answers.shift() as () => Promise<CaseDetail>)(),
      () => now,
    );
    const review = () => fresh.link((all) => all.review);
    expect(await review()).to.equal("first");
    now = 12 * 60 * 1000 + 1;
    expect(await review().catch((error: Error) => error.message)).to.equal("down");
    expect(await Promise.all([review(), review()])).to.deep.equal(["second", "second"]);
    expect(answers).to.deep.equal([]);
    expect(await fresh.link((all) => all.timeline).catch((error: Error) => error.message)).to.equal("The case has no such file any more. Reload the page.");
  });
});
