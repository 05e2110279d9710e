import { Failure } from "../failure.ts";

/** What a browser remembers of an upload, so that it can go on after a reload: identifiers and a fingerprint, never the file's name or a byte of it. */
export interface UploadRecord {
  readonly fingerprint: string;
  /** Asked for with the same token, the platform gives the same upload. */
  readonly token: string;
  readonly bytes: number;
  readonly uploadId: string | null;
  readonly caseId: string | null;
}

export interface UploadRecords {
  all(): Promise<UploadRecord[]>;
  get(fingerprint: string): Promise<UploadRecord | undefined>;
  put(record: UploadRecord): Promise<void>;
  remove(fingerprint: string): Promise<void>;
}

/** The records of this browser, in IndexedDB. */
export const browserRecords: UploadRecords = {
  all: () => ask("readonly", (store) => store.getAll()),
  get: (fingerprint) => ask("readonly", (store) => store.get(fingerprint)),
  async put({ fingerprint, token, bytes, uploadId, caseId }) {
    // Field by field: nothing else gets in.
    await ask("readwrite", (store) => store.put({ fingerprint, token, bytes, uploadId, caseId }));
  },
  async remove(fingerprint) {
    await ask("readwrite", (store) => store.delete(fingerprint));
  },
};

async function ask<T>(mode: IDBTransactionMode, question: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await answered(openDatabase());
  try {
    return await answered(question(database.transaction("uploads", mode).objectStore("uploads")));
  } finally {
    database.close();
  }
}

function openDatabase(): IDBOpenDBRequest {
  const opening = indexedDB.open("uploads", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("uploads", { keyPath: "fingerprint" });
  return opening;
}

const answered = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error ?? new Failure(({ failures }) => failures.browserStorage));
  });
