import { createReadStream } from "node:fs";

/** The test string that every scanner takes for malware (https://www.eicar.org). In pieces: the source itself must not be taken for it. */
export const eicar: string = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", "STANDARD", "ANTIVIRUS", "TEST", "FILE!$H+H*"].join("-");

/** What scanners call a file that holds it. */
export const eicarName = "EICAR-Test-File (not a virus)";

/** Whether a file holds the test string, wherever. */
export async function holdsEicar(path: string, signal: AbortSignal): Promise<boolean> {
  let before = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20, signal })) {
    const bytes = Buffer.concat([before, chunk as Buffer]);
    if (bytes.includes(eicar)) return true;
    // The string may lie across the border of two chunks.
    before = bytes.subarray(Math.max(0, bytes.length - eicar.length + 1));
  }
  return false;
}
