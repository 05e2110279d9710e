import type { UploadRequest } from "../../../contracts/upload.ts";
import { bytesOfPart } from "../../../contracts/upload-parts.ts";
import { type Api, Refusal } from "../api.ts";
import { digestOf, fingerprintOf } from "./fingerprint.ts";
import type { PutPart } from "./put-part.ts";
import type { UploadRecord, UploadRecords } from "./records.ts";
import { Speed } from "./speed.ts";

/** Parts under way at once: `npm run bench:page` says what they gain over one after another. */
const defaultConnections = 4;
/** Parts that are read and signed at a time: few, so that each is sent while its link lives. At first only as many as are sent at once: nothing is sent while they are read. */
const pageSize = 8;
/** Times that a part is sent before the upload fails, and the longest pauses between, milliseconds. */
const attempts = 6;
const pauses = { first: 500, longest: 20_000 };

export interface UploadState {
  readonly phase: "new" | "preparing" | "sending" | "paused" | "completing" | "done" | "aborted" | "failed";
  readonly bytes: number;
  /** Bytes that the storage has, with those of parts under way. */
  readonly arrived: number;
  /** Bytes a second over the last ten seconds, and seconds that are left at that; null until they can be told. */
  readonly speed: number | null;
  readonly secondsLeft: number | null;
  /** Parts that were sent again after an error. */
  readonly retries: number;
  readonly caseId: string | null;
  readonly error: Error | null;
}

export interface UploaderArgs {
  readonly api: Pick<Api, "startUpload" | "arrivedParts" | "signParts" | "completeUpload" | "abortUpload">;
  readonly records: UploadRecords;
  readonly put: PutPart;
  readonly file: Blob;
  /** Goes to the platform, which keeps it encrypted, and nowhere else. */
  readonly fileName: string;
  readonly facts: Pick<UploadRequest, "procedure" | "severity">;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly connections?: number;
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

interface SignedPart {
  readonly number: number;
  readonly sha256: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Uploads one video in parts: four at once, each with its SHA-256, what has arrived never again. It can be paused, given up, and taken up by another page. */
export class Uploader {
  readonly #args: Required<UploaderArgs>;
  readonly #listeners = new Set<() => void>();
  readonly #digests = new Map<number, string>();
  readonly #underWay = new Map<number, number>();
  readonly #speed = new Speed();
  #state: UploadState;
  #record: UploadRecord | undefined;
  #stop = new AbortController();
  /** Bytes of parts that have arrived. */
  #settled = 0;

  constructor(args: UploaderArgs) {
    this.#args = { now: () => performance.now(), random: Math.random, wait: pause, connections: defaultConnections, ...args };
    this.#state = { phase: "new", bytes: args.file.size, arrived: 0, speed: null, secondsLeft: null, retries: 0, caseId: null, error: null };
  }

  get state(): UploadState {
    return this.#state;
  }
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Begins, or goes on after a pause or a failure. Resolves when it is done, paused, given up or has failed; the state says which. */
  async run(): Promise<void> {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#change({ phase: "preparing", error: null });
    try {
      const uploadId = await this.#open();
      const missing = await this.#missing(uploadId);
      if (missing !== "complete") {
        if (signal.aborted) return;
        this.#change({ phase: "sending" });
        await this.#send(uploadId, missing);
      }
      this.#change({ phase: "completing", speed: null, secondsLeft: null });
      await this.#args.api.completeUpload(uploadId);
      await this.#args.records.remove((this.#record as UploadRecord).fingerprint);
      this.#change({ phase: "done", arrived: this.#args.file.size });
    } catch (error) {
      if (signal.aborted) return;
      this.#stop.abort();
      this.#underWay.clear();
      this.#change({ phase: "failed", error: error as Error, speed: null, secondsLeft: null, arrived: this.#settled });
    }
  }

  /** Stops what is under way; what has arrived stays. */
  pause(): void {
    this.#stop.abort();
    this.#underWay.clear();
    this.#change({ phase: "paused", speed: null, secondsLeft: null, arrived: this.#settled });
  }

  /** Gives the upload up: the platform deletes what has arrived. */
  async abort(): Promise<void> {
    this.#stop.abort();
    this.#underWay.clear();
    try {
      if (this.#record?.uploadId) await this.#args.api.abortUpload(this.#record.uploadId);
      if (this.#record) await this.#args.records.remove(this.#record.fingerprint);
      this.#change({ phase: "aborted", arrived: 0, speed: null, secondsLeft: null });
    } catch (error) {
      this.#change({ phase: "failed", error: error as Error });
    }
  }

  /** The upload's identifier: of one that was interrupted, or of a new one. Remembered before it is asked for, so that no crash makes two. */
  async #open(): Promise<string> {
    const { api, records, file, fileName, facts } = this.#args;
    const fingerprint = this.#record?.fingerprint ?? (await fingerprintOf(file));
    let record: UploadRecord = this.#record ??
      (await records.get(fingerprint)) ?? { fingerprint, token: crypto.randomUUID(), bytes: file.size, uploadId: null, caseId: null };
    await records.put(record);
    if (record.uploadId === null) {
      const { uploadId, caseId } = await api.startUpload({ fileName, bytes: file.size, token: record.token, ...facts });
      record = { ...record, uploadId, caseId };
      await records.put(record);
    }
    this.#record = record;
    this.#change({ caseId: record.caseId });
    return record.uploadId as string;
  }

  /** Numbers of the parts that have not arrived as they are in the file. */
  async #missing(uploadId: string): Promise<number[] | "complete"> {
    const { api, file, records } = this.#args;
    const arrived = await api.arrivedParts(uploadId).catch(async (error: Error) => {
      // Given up elsewhere (400), or too old (404): the next try begins anew.
      if (error instanceof Refusal && (error.status === 400 || error.status === 404) && this.#record) {
        await records.remove(this.#record.fingerprint);
        this.#record = undefined;
      }
      throw error;
    });
    if (arrived.isComplete) return "complete";
    const there = new Map(arrived.parts.map(({ number, sha256 }) => [number, sha256]));
    const missing: number[] = [];
    this.#settled = 0;
    for (let number = 1; number <= arrived.partCount; number++) {
      // Only parts that S3 has are read here; the others are when their turn comes.
      if (there.has(number) && there.get(number) === (await this.#digest(number))) this.#settled += bytesOfPart(number, file.size);
      else missing.push(number);
    }
    this.#change({ arrived: this.#settled });
    return missing;
  }

  async #send(uploadId: string, numbers: readonly number[]): Promise<void> {
    const parts = this.#signed(uploadId, numbers);
    const worker = async (): Promise<void> => {
      for (let next = await parts.next(); !next.done; next = await parts.next()) await this.#sendPart(uploadId, next.value);
    };
    await Promise.all(Array.from({ length: this.#args.connections }, worker));
    this.#stop.signal.throwIfAborted();
  }

  /** Parts with their links, signed a page at a time and one page ahead. */
  async *#signed(uploadId: string, numbers: readonly number[]): AsyncGenerator<SignedPart> {
    const page = (first: number, size: number): Promise<SignedPart[]> => {
      const made = this.#sign(uploadId, numbers.slice(first, first + size));
      made.catch(() => undefined); // Told where it is awaited.
      return made;
    };
    const firstSize = Math.min(pageSize, this.#args.connections);
    let next = page(0, firstSize);
    for (let first = firstSize; ; first += pageSize) {
      const now = await next;
      if (first < numbers.length) next = page(first, pageSize);
      yield* now;
      if (first >= numbers.length || this.#stop.signal.aborted) return;
    }
  }

  async #sign(uploadId: string, numbers: readonly number[]): Promise<SignedPart[]> {
    if (numbers.length === 0) return [];
    const wanted: { number: number; sha256: string }[] = [];
    for (const number of numbers) wanted.push({ number, sha256: await this.#digest(number) });
    const { parts } = await this.#args.api.signParts(uploadId, wanted);
    return parts.map((part) => ({ ...part, sha256: wanted.find(({ number }) => number === part.number)?.sha256 ?? "" }));
  }

  async #sendPart(uploadId: string, signed: SignedPart): Promise<void> {
    const { put, wait, random, file } = this.#args;
    const { signal } = this.#stop;
    let target = signed;
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      let problem: Error;
      try {
        const answer = await put(target, this.#part(target.number), { signal, onProgress: (bytes) => this.#progress(target.number, bytes) });
        if (answer.status >= 200 && answer.status < 300) {
          this.#underWay.delete(target.number);
          this.#settled += bytesOfPart(target.number, file.size);
          this.#tellProgress();
          return;
        }
        problem = new Refusal(answer.status, [({ failures }) => failures.storage(answer.status), ...(/<Message>([^<]+)/.exec(answer.body)?.slice(1) ?? [])]);
        if (!passes(answer.status)) throw problem;
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof Refusal) throw error;
        problem = error as Error;
      }
      this.#underWay.delete(target.number);
      if (attempt === attempts) throw problem;
      this.#change({ retries: this.#state.retries + 1 });
      // Full jitter: after an outage not all parts come back at the same moment.
      await wait(random() * Math.min(pauses.longest, pauses.first * 2 ** attempt), signal);
      [target] = (await this.#sign(uploadId, [target.number])) as [SignedPart];
    }
  }

  #part(number: number): Blob {
    const { file } = this.#args;
    const start = (number - 1) * bytesOfPart(1, file.size);
    return file.slice(start, start + bytesOfPart(number, file.size));
  }

  async #digest(number: number): Promise<string> {
    const known = this.#digests.get(number);
    if (known !== undefined) return known;
    const digest = await digestOf(this.#part(number));
    this.#digests.set(number, digest);
    return digest;
  }

  #progress(number: number, bytes: number): void {
    if (this.#stop.signal.aborted) return;
    this.#underWay.set(number, bytes);
    this.#tellProgress();
  }
  #tellProgress(): void {
    const arrived = Math.min(this.#args.file.size, this.#settled + [...this.#underWay.values()].reduce((sum, bytes) => sum + bytes, 0));
    const speed = this.#speed.after(this.#args.now(), arrived);
    this.#change({ arrived, speed, secondsLeft: speed === null || speed === 0 ? null : (this.#args.file.size - arrived) / speed });
  }
  #change(change: Partial<UploadState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** Whether an answer may be another one the next time: the link has run out, or the storage is busy or broken. */
const passes = (status: number): boolean => status === 403 || status === 408 || status === 429 || status >= 500;

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((done, failed) => {
    const stop = (): void => {
      clearTimeout(timer);
      failed(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      done();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
