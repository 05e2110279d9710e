/** Bytes from either end of a file that its fingerprint is made of. */
const edge = 2 ** 20;

/** Tells a file from others without its name, which may be a patient's: SHA-256 over its first and last MiB and its size. */
export async function fingerprintOf(file: Blob): Promise<string> {
  const ends = new Blob([file.slice(0, edge), file.slice(Math.max(0, file.size - edge)), ` ${file.size}`]);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await ends.arrayBuffer()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** SHA-256 of a part as S3 writes it: base64. */
export async function digestOf(part: Blob): Promise<string> {
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", await part.arrayBuffer()))));
}
