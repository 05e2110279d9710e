import { expect } from "chai";
import { coresOf, type FunctionUse, functionHint, hintTable, type JobUse, jobHint } from "../../../scripts/right-sizing/hints.ts";

const fn = (more: Partial<FunctionUse> = {}): FunctionUse => ({ name: "f", memoryMb: 1024, usedMb: 600, billedMs: 1000, invocations: 1000, ...more });
const job = (more: Partial<JobUse> = {}): JobUse => ({
  ...{ kind: "gate", instanceType: "ml.c5.xlarge", jobs: 20, hours: 10, cpu: 60, memory: 50, gpu: undefined },
  ...more,
});

describe("Hints for functions", () => {
  it("keep what uses from half to nine tenths of its memory", () => {
    for (const usedMb of [512, 600, 921]) expect(functionHint(fn({ usedMb }), 14).try, String(usedMb)).to.equal("keep");
  });

  it("lower what never used half, with room left and what it saves", () => {
    const hint = functionHint(fn({ usedMb: 200 }), 14);
    expect(hint).to.deep.include({ what: "f", now: "1024 MB", try: "320 MB" });
    // 1000 s in 14 days; 704 MB less.
    expect(hint.monthlyDollars).to.be.closeTo(((1000 * 704) / 1024) * 0.0000133334 * (365 / 12 / 14), 1e-9);
    expect(hint.reason).to.equal("it used 200 MB at most; less memory is less CPU, too: measure with npm run tune-memory first");
  });

  it("raise what is close to its end", () => {
    const hint = functionHint(fn({ usedMb: 1000 }), 14);
    expect([hint.try, hint.reason]).to.deep.equal(["1344 MB", "it used 1000 MB at most: more input may end it"]);
    expect(hint.monthlyDollars).to.be.below(0);
  });

  it("say nothing of the smallest size, nor of few invocations", () => {
    expect(functionHint(fn({ memoryMb: 128, usedMb: 60 }), 14).try).to.equal("keep");
    expect(functionHint(fn({ invocations: 49, usedMb: 10 }), 14)).to.deep.include({ try: "wait", monthlyDollars: undefined });
  });
});

describe("Hints for jobs", () => {
  it("keep what works, halve what idles, raise what lacks memory or cores", () => {
    expect(jobHint(job(), 14).try).to.equal("keep");
    expect(jobHint(job({ instanceType: "ml.m5.xlarge", cpu: 20, memory: 30 }), 14)).to.deep.include({ try: "ml.m5.large" });
    expect(jobHint(job({ instanceType: "ml.m5.xlarge", cpu: 20, memory: 30 }), 14).monthlyDollars).to.be.closeTo(((0.23 - 0.115) * 10 * 365) / 12 / 14, 1e-9);
    expect(jobHint(job({ memory: 95 }), 14)).to.deep.include({ try: "ml.c5.2xlarge", reason: "CPU 60 %, memory 95 % at most: a longer video may end it" });
    expect(jobHint(job({ cpu: 95 }), 14).monthlyDollars).to.be.closeTo(0, 1e-9);
  });

  it("name a GPU that waits, and an instance that has no smaller one", () => {
    expect(jobHint(job({ instanceType: "ml.g5.xlarge", gpu: 7.4 }), 14)).to.deep.include({ try: "a type without GPU" });
    expect(jobHint(job({ instanceType: "ml.m5.large", cpu: 10, memory: 10 }), 14).try).to.equal("keep");
    expect(jobHint(job({ instanceType: "ml.m5.4xlarge", cpu: 10, memory: 10 }), 14)).to.deep.include({ try: "ml.m5.2xlarge", monthlyDollars: undefined });
  });

  it("wait where CloudWatch has nothing, and after few jobs", () => {
    expect(jobHint(job({ cpu: undefined }), 14).reason).to.equal("CloudWatch has no utilisation of it");
    expect(jobHint(job({ jobs: 4 }), 14).reason).to.equal("4 jobs say too little; 5 are wanted");
  });

  it("count cores by the size", () => {
    expect(["ml.t3.medium", "ml.m5.large", "ml.c5.xlarge", "ml.g5.12xlarge"].map(coresOf)).to.deep.equal([2, 2, 4, 48]);
    expect(() => coresOf("ml.c5.metal")).to.throw("The cores of ml.c5.metal are not known.");
  });
});

describe("The table of hints", () => {
  it("begins with what would save most", () => {
    const hints = [
      { what: "a", now: "1024 MB", try: "keep", reason: "it is right", monthlyDollars: undefined },
      { what: "b", now: "512 MB", try: "256 MB", reason: "it idles", monthlyDollars: 1.234 },
    ];
    expect(hintTable(hints)).to.equal(
      [
        "what  now      try     saves at most, $ a month  why",
        "b     512 MB   256 MB  1.23                      it idles",
        "a     1024 MB  keep                              it is right",
        "",
      ].join("\n"),
    );
  });
});
