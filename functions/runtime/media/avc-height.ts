/**
 * Height of the pictures of an H.264 stream, from its sequence parameter set (ITU-T H.264, 7.3.2.1.1 and 7.4.2.1.1); undefined
 * if the packet, in Annex B form, has none. Written because mediabunny counts the rows of one field for interlaced
 * streams in MPEG-TS, where no container tells the size.
 */
export function avcHeight(packet: Uint8Array): number | undefined {
  const sps = parameterSet(packet);
  if (!sps) return undefined;
  const bits = new BitReader(sps);
  const profile = bits.fixed(8);
  bits.fixed(16);
  bits.unsigned();
  let chromaFormat = 1;
  if (highProfiles.has(profile)) {
    chromaFormat = bits.unsigned();
    if (chromaFormat === 3) bits.fixed(1);
    bits.unsigned();
    bits.unsigned();
    bits.fixed(1);
    if (bits.fixed(1) === 1) skipScalingLists(bits, chromaFormat === 3 ? 12 : 8);
  }
  bits.unsigned();
  skipOrderCount(bits);
  bits.unsigned();
  bits.fixed(1);
  bits.unsigned();
  const mapUnits = bits.unsigned() + 1;
  const fields = 2 - bits.fixed(1);
  if (fields === 2) bits.fixed(1);
  bits.fixed(1);
  const cropped = bits.fixed(1) === 1 ? [bits.unsigned(), bits.unsigned(), bits.unsigned(), bits.unsigned()] : [0, 0, 0, 0];
  const cropUnit = (chromaFormat === 1 ? 2 : 1) * fields;
  return 16 * mapUnits * fields - cropUnit * ((cropped[2] as number) + (cropped[3] as number));
}

/** Profiles whose parameter sets tell the chroma format. */
const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** The payload of the first sequence parameter set (NAL unit type 7), emulation prevention bytes taken out. */
function parameterSet(packet: Uint8Array): Uint8Array | undefined {
  for (let i = 0; i + 3 < packet.length; i++) {
    if (packet[i] !== 0 || packet[i + 1] !== 0 || packet[i + 2] !== 1 || ((packet[i + 3] as number) & 31) !== 7) continue;
    const payload: number[] = [];
    for (let at = i + 4; at < packet.length && payload.length < 256; at++) {
      const isEscape = packet[at] === 3 && packet[at - 1] === 0 && packet[at - 2] === 0;
      if (!isEscape) payload.push(packet[at] as number);
    }
    return Uint8Array.from(payload);
  }
  return undefined;
}

function skipScalingLists(bits: BitReader, count: number): void {
  for (let i = 0; i < count; i++) {
    const isPresent = bits.fixed(1) === 1;
    if (isPresent) skipScalingList(bits, i < 6 ? 16 : 64);
  }
}

function skipScalingList(bits: BitReader, length: number): void {
  let last = 8;
  let next = 8;
  for (let i = 0; i < length; i++) {
    if (next !== 0) next = (last + bits.signed() + 256) % 256;
    if (next !== 0) last = next;
  }
}

function skipOrderCount(bits: BitReader): void {
  const type = bits.unsigned();
  if (type === 0) bits.unsigned();
  if (type !== 1) return;
  bits.fixed(1);
  bits.signed();
  bits.signed();
  for (let left = bits.unsigned(); left > 0; left--) bits.signed();
}

class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  fixed(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) value = value * 2 + (((this.#bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1);
    return value;
  }

  /** Exponential Golomb code (9.1). */
  unsigned(): number {
    let zeros = 0;
    while (this.fixed(1) === 0 && zeros < 32) zeros++;
    return 2 ** zeros - 1 + this.fixed(zeros);
  }

  signed(): number {
    const code = this.unsigned();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }
}
