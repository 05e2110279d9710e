import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";
import { notImplemented, ServiceError } from "../../wire/service.ts";

export const algorithms = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const;
export type Algorithm = (typeof algorithms)[number];
/** `FULL_OBJECT` is taken over all bytes, `COMPOSITE` over the checksums of the parts. */
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** The checksum of an object or part: base64, with `-N` behind a composite one. */
export interface Checksum {
  readonly algorithm: Algorithm;
  readonly type: ChecksumType;
  readonly value: string;
}

/** A checksum that is taken while bytes pass. */
export interface Digest {
  update(bytes: Buffer): void;
  /** Base64. */
  finish(): Promise<string>;
}

export function digestOf(algorithm: Algorithm): Digest {
  if (algorithm === "SHA1" || algorithm === "SHA256") {
    const hash = createHash(algorithm);
    return { update: (bytes) => void hash.update(bytes), finish: async () => hash.digest("base64") };
  }
  if (algorithm === "CRC32") {
    let crc = 0;
    return {
      update: (bytes) => {
        crc = crc32(bytes, crc);
      },
      finish: async () => toBase64(BigInt(crc), 4),
    };
  }
  const crc = algorithm === "CRC32C" ? new Crc32c() : new Crc64Nvme();
  return { update: (bytes) => crc.update(bytes), finish: async () => Buffer.from(await crc.digest()).toString("base64") };
}

/** Reflected polynomials and widths in bits of the CRCs. https://reveng.sourceforge.io/crc-catalogue/all.htm */
const polynomials: Partial<Record<Algorithm, readonly [bigint, number]>> = {
  CRC32: [0xedb88320n, 32],
  CRC32C: [0x82f63b78n, 32],
  CRC64NVME: [0x9a6c9329ac4bc9b5n, 64],
};

/** Whether full-object checksums of parts can be joined to that of the whole. */
export const canJoin = (algorithm: Algorithm): boolean => algorithm in polynomials;

/**
 * The CRC of parts put behind one another, from their CRCs and lengths:
 * crc(A || B) = crc(A) * x^(8 |B|) + crc(B) over GF(2), modulo the polynomial.
 */
export function joinCrcs(algorithm: Algorithm, parts: readonly { value: string; size: number }[]): string {
  const [polynomial, bits] = polynomials[algorithm] as readonly [bigint, number];
  const top = 1n << BigInt(bits - 1);
  // Reflected: the highest bit stands for x^0.
  const multiply = (a: bigint, b: bigint): bigint => {
    let product = 0n;
    let shifted = b;
    for (let bit = top; bit > 0n; bit >>= 1n) {
      if (a & bit) product ^= shifted;
      shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n;
    }
    return product;
  };
  const power = (exponent: number): bigint => {
    let result = top;
    let base = top >> 1n;
    for (let rest = BigInt(exponent); rest > 0n; rest >>= 1n) {
      if (rest & 1n) result = multiply(result, base);
      base = multiply(base, base);
    }
    return result;
  };
  const joined = parts.reduce((crc, { value, size }) => multiply(crc, power(size * 8)) ^ BigInt(`0x${Buffer.from(value, "base64").toString("hex")}`), 0n);
  return toBase64(joined, bits / 8);
}

const toBase64 = (crc: bigint, bytes: number): string => Buffer.from(crc.toString(16).padStart(bytes * 2, "0"), "hex").toString("base64");

/** The checksum over the parts' raw checksums. */
export async function compositeChecksum(algorithm: Algorithm, parts: readonly { value: string }[]): Promise<string> {
  const digest = digestOf(algorithm);
  for (const { value } of parts) digest.update(Buffer.from(value, "base64"));
  return `${await digest.finish()}-${parts.length}`;
}

export const headerOf = (algorithm: Algorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`;

/** `ChecksumCRC32` and its like, the element of XML answers. */
export const elementOf = (algorithm: Algorithm): string => `Checksum${algorithm}`;

export const checksumElement = (checksum: Pick<Checksum, "algorithm" | "value"> | undefined): Record<string, string> =>
  checksum ? { [elementOf(checksum.algorithm)]: checksum.value } : {};

export const checksumHeaders = (checksum: Checksum | undefined): Record<string, string> =>
  checksum ? { [headerOf(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type } : {};

/** What a client says about the checksum of the body that it sends. */
export interface StatedChecksum {
  readonly algorithm: Algorithm;
  /** Base64; undefined if it comes in the trailer. */
  readonly value: string | undefined;
}

/** The checksum that the headers state. @throws ServiceError if they state several, or one of an algorithm that is not implemented. */
export function statedChecksum(headers: Readonly<Record<string, string>>): StatedChecksum | undefined {
  const inTrailer = (headers["x-amz-trailer"] ?? "").split(",").map((name) => name.trim().toLowerCase());
  const stated = [...Object.keys(headers), ...inTrailer].filter(
    (name) => name.startsWith("x-amz-checksum-") && !["x-amz-checksum-mode", "x-amz-checksum-type", "x-amz-checksum-algorithm"].includes(name),
  );
  const names = [...new Set(stated)];
  if (names.length > 1) throw new ServiceError("InvalidRequest", `The request states several checksums (${names.join(", ")}); it must state one.`);
  const [name] = names;
  if (name === undefined) return undefined;
  const algorithm = algorithms.find((candidate) => headerOf(candidate) === name);
  if (!algorithm) throw notImplemented(`the checksum ${name}`);
  return { algorithm, value: headers[name] };
}

/** The algorithm that a header names. @throws ServiceError if it is not implemented. */
export function algorithmNamed(name: string): Algorithm {
  const algorithm = algorithms.find((candidate) => candidate === name.toUpperCase());
  if (!algorithm) throw notImplemented(`the checksum algorithm ${name}`);
  return algorithm;
}
