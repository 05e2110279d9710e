import { expect } from "chai";
import { costReport, money, type Paint } from "../../../local/cost/report.ts";

const plain: Paint = (_style, text) => text;
const price = { usd: 1, unit: "key-month", source: "page" } as const;
const idle = {
  lines: [{ what: "customer key", price, quantity: 4, usd: 4, resources: ["a", "b", "c", "d"] }],
  usd: 4,
  byUse: [{ type: "aws:sqs/queue:Queue", count: 2, billed: "requests" }],
  freeCount: 1,
};
const videoHour = {
  analysis: [
    { what: "S3 reads", price: { usd: 0.4, unit: "million requests", source: "memory" as const }, quantity: 0.005, usd: 0.002, note: "5000 requests" },
  ],
  storage: [{ what: "source", price, quantity: 1, usd: 1, note: "STANDARD 365 d" }],
  analysisUsd: 0.002,
  storageUsd: 1,
  otherMachines: ["report"],
};

describe("costReport", () => {
  const lines = costReport({ stack: "prod", idle, videoHour }, 10, plain).split("\n");
  it("shows each line, the sums and the month", () => {
    expect(lines[0]).to.equal("Stack prod: what it costs, about.");
    expect(lines).to.include.members([
      "      4.00  4 x  $1/key-month  customer key  a, b and 2 more",
      "      4.00  in all",
      "    0.0020  $0.4/million requests ?  S3 reads  5000 requests",
      "      1.00  $1/key-month  source  STANDARD 365 d",
      "A month with 10 hours of video: $14.02, the first year of keeping it included.",
      "         2  aws:sqs/queue:Queue  requests",
      "1 more resource costs nothing, idle or used.",
      "  Language models that write reports and their guardrail: a case's own forecast and cost tell (docs/reports.md).",
      "  What these state machines do, which no upload starts directly: report.",
    ]);
  });
  it("says nothing of video for a stack that has none to do with it", () => {
    const text = costReport({ stack: "shared", idle, videoHour: undefined }, 10, plain);
    expect(text).not.to.match(/An hour of video, once|A month with/);
  });
});

describe("money", () => {
  for (const [usd, text] of [
    [0, "0.00"],
    [0.0012, "0.0012"],
    [0.01, "0.01"],
    [1234.5, "1,234.50"],
  ] as const) {
    it(`is ${text}`, () => expect(money(usd)).to.equal(text));
  }
});
