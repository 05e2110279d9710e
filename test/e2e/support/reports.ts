import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { caseAnalysed } from "../../../components/analysis/case-analysis.asl.ts";
import { caseReport } from "../../../contracts/api.ts";
import { type Report, reportLanguage } from "../../../contracts/report.ts";
import type { Platform } from "../../../local/platform.ts";

/** The reports of a case, and questions about it, through the API. */
export class CaseReports {
  readonly #platform: Platform;
  readonly #caseId: string;
  readonly #runId: string;

  constructor(platform: Platform, caseId: string, runId: string) {
    this.#platform = platform;
    this.#caseId = caseId;
    this.#runId = runId;
  }

  /** What the API answers to a route of the case: a GET, or a POST of `body`. */
  async ask(path: string, body?: object): Promise<unknown> {
    const sent = body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const answer = await fetch(`${this.#platform.session.api}/cases/${this.#caseId}${path}`, sent);
    expect(answer.status, path).to.equal(200);
    return answer.json();
  }

  /** In every language. */
  all(): Promise<Report[]> {
    return Promise.all(reportLanguage.options.map(async (language) => caseReport.parse(await this.ask(`/report?language=${language}`)).report));
  }

  /** Tells of the analysis again, and waits until its reports are written anew. */
  async writtenAgain(): Promise<Report[]> {
    const before = (await this.all()).map(({ createdAt }) => createdAt);
    const { accountId, region, events } = this.#platform.cloud;
    const detail = { caseId: this.#caseId, runId: this.#runId, status: "COMPLETE" };
    const told = { source: caseAnalysed.source, "detail-type": caseAnalysed.detailType, detail };
    await events.publish({ id: randomUUID(), account: accountId, region, time: new Date().toISOString(), resources: [], ...told });
    for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((wake) => setTimeout(wake, 100))) {
      const now = await this.all();
      if (now.every(({ createdAt }, i) => createdAt !== before[i])) return now;
    }
    return expect.fail("No report was written anew within a minute.");
  }
}

/** Every sentence of a report. */
export const sentencesOf = ({ sections }: Report) => sections.flatMap(({ sentences }) => sentences);
