/** What S3 said to a part. */
export interface PutAnswer {
  readonly status: number;
  readonly body: string;
}
export type PutPart = (
  target: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
  part: Blob,
  options: { signal: AbortSignal; onProgress: (bytes: number) => void },
) => Promise<PutAnswer>;

/** Sends a part. XMLHttpRequest, because `fetch` does not tell how much of a body has left. */
export const putPart: PutPart = ({ url, headers }, part, { signal, onProgress }) =>
  new Promise((answered, failed) => {
    const request = new XMLHttpRequest();
    const stop = (): void => request.abort();
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => answered({ status: request.status, body: request.responseText });
    request.onerror = () => failed(new TypeError("The storage can't be reached."));
    request.onabort = () => failed(new DOMException("Stopped.", "AbortError"));
    request.onloadend = () => signal.removeEventListener("abort", stop);
    if (signal.aborted) return failed(new DOMException("Stopped.", "AbortError"));
    signal.addEventListener("abort", stop);
    request.send(part);
  });
