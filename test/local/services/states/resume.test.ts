import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { createStates } from "../../../../local/services/states/index.ts";
import { startWire } from "../../../../local/wire/server.ts";
import type { OperationService, Service } from "../../../../local/wire/service.ts";
import { definition, input, jobNames, output, worker } from "./machine.ts";
import { accountId, functionService, jobServices, machineIam, region, startRig } from "./rig.ts";

/** Services that call `before` and `after` every request. */
const watched = (services: Service[], before: () => void, after: () => void): Service[] =>
  services.map((service) => {
    const { operations } = service as OperationService;
    const entries = Object.entries(operations).map(([name, run]) => [
      name,
      async (given: unknown, call: Parameters<typeof run>[1]) => {
        before();
        const answer = await run(given, call);
        after();
        return answer;
      },
    ]);
    return { ...(service as OperationService), operations: Object.fromEntries(entries) };
  });

/** Processes that are killed on the way; the next one may finish. */
const mostKills = 5;

describe("an execution whose process is killed", () => {
  it("ends with the same result, whichever request it was killed at, and does nothing twice that must not be", async () => {
    const dir = mkdtempSync(join(tmpdir(), "states-"));
    const jobs = jobServices(2);
    const { work, nonces } = worker();
    let child: ReturnType<typeof spawn> | undefined;
    let requests = 0;
    let kills = 0;
    // Each process is killed: in turn before its second request is answered, and after its third was done but before the answer.
    const kill = () => {
      requests = 0;
      if (kills < mostKills && child?.exitCode === null && child.signalCode === null && child.kill("SIGKILL")) kills++;
    };
    const services = watched(
      [functionService({ work }), ...jobs.services],
      () => {
        requests++;
        if (kills % 2 === 0 && requests === 2) kill();
      },
      () => {
        if (kills % 2 === 1 && requests === 3) kill();
      },
    );
    const wire = await startWire({ iam: machineIam(), services, log: () => undefined });
    try {
      let described: { status: string; output: string } | undefined;
      while (described === undefined) {
        requests = 0;
        child = spawn(process.execPath, [fileURLToPath(new URL("./engine.ts", import.meta.url)), dir, wire.endpoint], { stdio: ["ignore", "pipe", "inherit"] });
        const ended = new Promise<number | null>((resolve) => child?.once("close", resolve));
        const said = await text(child.stdout!);
        if ((await ended) === 0) described = JSON.parse(said) as { status: string; output: string };
      }
      expect(described.status).to.equal("SUCCEEDED");
      expect(JSON.parse(described.output)).to.deep.equal(output);
      expect(kills).to.equal(mostKills);
      expect([...jobs.created].sort()).to.deep.equal(jobNames);
      expect(Object.fromEntries([...nonces].map(([attempt, seen]) => [attempt, seen.size])), "values of $uuid() by attempt").to.deep.equal({
        "First 0 1": 1,
        "Flaky 0 ": 1,
        "Flaky 1 ": 1,
        "Flaky 2 ": 1,
        "Item 0 10": 1,
        "Item 0 20": 1,
        "Item 0 30": 1,
      });
    } finally {
      child?.kill("SIGKILL");
      await wire.close();
      rmSync(dir, { recursive: true });
    }
  });

  it("ends with the same result from the data of every transition", async () => {
    const jobs = jobServices(1);
    const { work } = worker();
    const rig = await startRig({ services: [functionService({ work }), ...jobs.services], waitScale: 0.02 });
    const copies = mkdtempSync(join(tmpdir(), "states-"));
    try {
      await rig.put(definition);
      const snapshots: { dir: string; jobs: ReturnType<typeof jobs.save> }[] = [];
      const end = rig.states().onTransition(({ state, type }) => {
        const copy = join(copies, `${snapshots.length} ${state} ${type}`);
        cpSync(rig.dir, copy, { recursive: true });
        snapshots.push({ dir: copy, jobs: jobs.save() });
      });
      const whole = await rig.end(await rig.start(input, "run"));
      end();
      expect(JSON.parse(whole.output!)).to.deep.equal(output);
      expect(snapshots.length).to.be.greaterThan(30);
      const iam = machineIam();
      const call = { caller: iam.administrator.caller, requestId: "r", authorize: () => undefined };
      const executionArn = `arn:aws:states:${region}:${accountId}:execution:machine:run`;
      for (const { dir, jobs: then } of snapshots) {
        jobs.load(then);
        const states = createStates({
          dir,
          region,
          accountId,
          endpoint: () => rig.endpoint,
          authorizer: iam,
          publish: async () => undefined,
          log: () => undefined,
          waitScale: 0.02,
        });
        await states.start();
        for (;;) {
          const described = (await states.service.operations["DescribeExecution"]!({ executionArn }, call)) as { status: string; output?: string };
          if (described.status === "RUNNING") await new Promise((resolve) => setTimeout(resolve, 5));
          else {
            expect(described, dir).to.deep.include({ status: "SUCCEEDED", output: whole.output });
            break;
          }
        }
        await states.close();
      }
    } finally {
      rmSync(copies, { recursive: true });
      await rig.close();
    }
  });

  it("waits only for what was left of its Wait", async () => {
    const rig = await startRig({ waitScale: 1 });
    try {
      await rig.put({ StartAt: "W", States: { W: { Type: "Wait", Seconds: 2, End: true } } });
      const executionArn = await rig.start();
      await new Promise((resolve) => setTimeout(resolve, 500));
      await rig.restart();
      const { startDate, stopDate } = await rig.end(executionArn);
      const seconds = (stopDate!.getTime() - startDate!.getTime()) / 1000;
      const { length } = (await rig.history(executionArn)).filter(({ type }) => type === "WaitStateEntered");
      expect({ length, waited: Math.floor(seconds) }).to.deep.equal({ length: 1, waited: 2 });
    } finally {
      await rig.close();
    }
  });
});
