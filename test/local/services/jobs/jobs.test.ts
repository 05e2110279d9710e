import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type JobContext, JobError, type Jobs, type JobsOptions, openJobs } from "../../../../local/services/jobs/jobs.ts";
import { createSlots } from "../../../../local/services/jobs/slots.ts";
import { Faults } from "../../../../local/services/seams.ts";

interface Request {
  readonly word: string;
}

/** Work that goes on until the job is stopped. */
const untilStopped = (context: JobContext): Promise<never> =>
  new Promise((_resolve, reject) => context.signal.addEventListener("abort", () => reject(context.signal.reason), { once: true }));

describe("openJobs", () => {
  let folder: string;
  let open: Jobs<Request, string>[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "jobs-"));
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((jobs) => jobs.close()));
    await rm(folder, { recursive: true });
  });

  function jobsWith(run: JobsOptions<Request, string>["run"], more: Partial<JobsOptions<Request, string>> = {}): Jobs<Request, string> {
    const jobs = openJobs<Request, string>({
      ...{ service: "test", folder, slots: createSlots(2), faults: new Faults(), log: () => {}, nameOf: ({ request }) => request.word },
      run,
      ...more,
    });
    open.push(jobs);
    return jobs;
  }
  const shout = async ({ request }: { request: Request }): Promise<string> => request.word.toUpperCase();

  it("runs jobs in order, one at a time, each with an empty folder of its own that is gone afterwards", async () => {
    const steps: string[] = [];
    const jobs = jobsWith(async ({ id, request }, { folder: own }) => {
      steps.push(`${id} begins with ${(await readdir(own)).length} files`);
      await new Promise((resolve) => setImmediate(resolve));
      steps.push(`${id} ends`);
      return request.word.toUpperCase();
    });
    jobs.submit("a", { word: "one" });
    jobs.submit("b", { word: "two" });
    expect(jobs.get("a")?.state).to.equal("QUEUED");
    jobs.start();
    const [a, b] = await Promise.all([jobs.settled("a"), jobs.settled("b")]);
    expect([a.state, a.result, b.state, b.result]).to.deep.equal(["SUCCEEDED", "ONE", "SUCCEEDED", "TWO"]);
    expect(steps).to.deep.equal(["a begins with 0 files", "a ends", "b begins with 0 files", "b ends"]);
    expect(jobs.percent("a")).to.equal(100);
    expect(await readdir(join(folder, "work"))).to.deep.equal([]);
  });

  it("waits for a place that another service holds", async () => {
    const slots = createSlots(1);
    const release = await slots.acquire(new AbortController().signal);
    const jobs = jobsWith(shout, { slots });
    jobs.start();
    jobs.submit("a", { word: "one" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(jobs.get("a")?.state).to.equal("QUEUED");
    release();
    expect((await jobs.settled("a")).state).to.equal("SUCCEEDED");
  });

  it("tells progress while a job runs", async () => {
    const jobs = jobsWith(async (_job, context) => {
      context.progress(41.9);
      return untilStopped(context);
    });
    jobs.start();
    jobs.submit("a", { word: "one" });
    while (jobs.percent("a") === 0) await new Promise((resolve) => setImmediate(resolve));
    expect([jobs.percent("a"), jobs.get("a")?.state]).to.deep.equal([41, "RUNNING"]);
  });

  it("fails a job with its error's message and facts", async () => {
    const jobs = jobsWith(async ({ request }) => {
      throw request.word === "known" ? new JobError("It was foreseen.", { code: 7 }) : new Error("It was not.");
    });
    jobs.start();
    jobs.submit("a", { word: "known" });
    jobs.submit("b", { word: "unknown" });
    expect((await jobs.settled("a")).failure).to.deep.equal({ message: "It was foreseen.", code: 7 });
    expect((await jobs.settled("b")).failure).to.deep.equal({ message: "It was not." });
    expect(jobs.get("a")?.state).to.equal("FAILED");
  });

  it("fails a job that a fault was put on, as often as asked", async () => {
    const faults = new Faults();
    faults.add((service, job) => service === "test" && job === "one", "The disk broke.");
    const jobs = jobsWith(shout, { faults });
    jobs.start();
    for (const id of ["a", "b"]) jobs.submit(id, { word: "one" });
    expect((await jobs.settled("a")).failure).to.deep.equal({ message: "The disk broke." });
    expect((await jobs.settled("b")).result).to.equal("ONE");
  });

  it("stops a running job and one that waits, and leaves one that has ended", async () => {
    const jobs = jobsWith(({ request }, context) => (request.word === "done" ? Promise.resolve("DONE") : untilStopped(context)));
    jobs.start();
    jobs.submit("a", { word: "done" });
    await jobs.settled("a");
    jobs.submit("b", { word: "long" });
    jobs.submit("c", { word: "later" });
    while (jobs.get("b")?.state !== "RUNNING") await new Promise((resolve) => setImmediate(resolve));
    for (const id of ["a", "b", "c"]) jobs.stop(id);
    expect(jobs.get("b")?.state).to.equal("STOPPING");
    const ended = await Promise.all(["a", "b", "c"].map((id) => jobs.settled(id)));
    expect(ended.map(({ state }) => state)).to.deep.equal(["SUCCEEDED", "STOPPED", "STOPPED"]);
  });

  it("goes on after a restart: what ran runs again, then what waited, and what was being stopped is stopped", async () => {
    const first = jobsWith((_job, context) => untilStopped(context));
    first.start();
    for (const id of ["a", "b"]) first.submit(id, { word: id }, `token-${id}`);
    while (first.get("a")?.state !== "RUNNING") await new Promise((resolve) => setImmediate(resolve));
    await first.close();
    open.length = 0;

    const order: string[] = [];
    const second = jobsWith(async (job) => {
      order.push(job.id);
      return shout(job);
    });
    expect([second.get("a")?.state, second.get("b")?.state]).to.deep.equal(["RUNNING", "QUEUED"]);
    second.submit("c", { word: "c" });
    second.start();
    expect((await second.settled("c")).result).to.equal("C");
    expect(order).to.deep.equal(["a", "b", "c"]);
    expect(second.list().map(({ id, state, token }) => [id, state, token])).to.deep.equal([
      ["a", "SUCCEEDED", "token-a"],
      ["b", "SUCCEEDED", "token-b"],
      ["c", "SUCCEEDED", undefined],
    ]);
  });

  it("finds the newest job of a client token", () => {
    const jobs = jobsWith(shout);
    jobs.submit("a", { word: "one" }, "token");
    jobs.submit("b", { word: "two" }, "token");
    expect(jobs.byToken("token")?.id).to.equal("b");
    expect(jobs.byToken("other")).to.equal(undefined);
  });

  it("refuses an id that exists, and names one that doesn't", () => {
    const jobs = jobsWith(shout);
    jobs.submit("a", { word: "one" });
    expect(() => jobs.submit("a", { word: "two" })).to.throw("UNIQUE constraint failed: jobs.id");
    expect(() => jobs.stop("b")).to.throw('test has no job "b".');
  });
});
