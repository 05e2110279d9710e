import { expect } from "chai";
import { answerDraft } from "../../../contracts/question.ts";
import { createHandler, type Deps } from "../../../functions/report/ask-third-party/handler.ts";
import { chatRequestOf } from "../../../functions/report/language-model/chat-completions.ts";
import { failure } from "../../support/failure.ts";

const request = chatRequestOf("large-1", {
  system: "You answer.",
  parts: [{ text: "When?" }],
  mostTokens: 10,
  answer: { name: "answer", schema: answerDraft },
});
const answer = { choices: [{ finish_reason: "stop", message: { content: "{}" } }] };
const said =
  (status: number, body = JSON.stringify(answer)): Deps["post"] =>
  async () => ({ status, body });

const handlerOf = (changes: Partial<Deps> = {}) =>
  createHandler({
    agreement: { vendor: "Example", signedOn: "2026-01-31", endsOn: "2027-01-30" },
    now: () => new Date("2026-11-28T12:00:00Z"),
    key: async () => "k-1",
    post: said(200),
    ...changes,
  });

describe("functions/report/ask-third-party", () => {
  it("sends the question with the key, and nothing else, and hands the answer back", async () => {
    const sent: [string, object][] = [];
    const handler = handlerOf({
      post: async (body, headers) => {
        sent.push([body, headers]);
        return { status: 200, body: JSON.stringify(answer) };
      },
    });
    expect(await handler(request)).to.deep.equal(answer);
    expect(sent).to.deep.equal([[JSON.stringify(request), { "content-type": "application/json", authorization: "Bearer k-1" }]]);
  });

  it("shows no key where none is asked for", async () => {
    const headers: object[] = [];
    const post: Deps["post"] = async (_, sent) => {
      headers.push(sent);
      return { status: 200, body: JSON.stringify(answer) };
    };
    await handlerOf({ key: async () => undefined, post })(request);
    expect(headers).to.deep.equal([{ "content-type": "application/json" }]);
  });

  it("sends nothing on a day without an agreement", async () => {
    const never: Deps["post"] = () => expect.fail("nothing is to be sent");
    const on = async (day: string) => (await failure(handlerOf({ now: () => new Date(`${day}T23:59:59Z`), post: never })(request))).message;
    expect(await on("2026-01-30")).to.equal("The agreement with Example holds from 2026-01-31 on: nothing is sent before.");
    expect(await on("2027-01-31")).to.equal("The agreement with Example ended on 2027-01-30: nothing is sent.");
    expect(await handlerOf({ now: () => new Date("2027-01-30T23:59:59Z") })(request)).to.deep.equal(answer);
  });

  it("tells busy from refused from wrong, with nothing of what the company wrote", async () => {
    const fails = async (status: number, body = "PATIENT") => {
      const { name, message } = await failure(handlerOf({ post: said(status, body) })(request));
      expect(message).not.to.include("PATIENT");
      return name;
    };
    expect(await Promise.all([429, 500, 503, 408].map((status) => fails(status)))).to.deep.equal(["TryAgain", "TryAgain", "TryAgain", "TryAgain"]);
    expect(await Promise.all([401, 403].map((status) => fails(status)))).to.deep.equal(["Misconfigured", "Misconfigured"]);
    expect(await Promise.all([400, 404, 302].map((status) => fails(status)))).to.deep.equal(["BrokenContract", "BrokenContract", "BrokenContract"]);
    expect([await fails(200, '{"error":"PATIENT"}'), await fails(200)]).to.deep.equal(["BrokenContract", "BrokenContract"]);
    const silent: Deps["post"] = () => Promise.reject(new DOMException("PATIENT", "TimeoutError"));
    expect((await failure(handlerOf({ post: silent })(request))).message).to.equal("Example does not answer: TimeoutError.");
  });

  it("takes questions only, and says all that is wrong with another", async () => {
    const { name, message } = await failure(handlerOf()({ ...request, model: "", stream: true }));
    expect(name).to.equal("InvalidInput");
    expect(message).to.include("model:").and.to.include("stream");
  });
});
