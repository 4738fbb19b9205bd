/**
 * Counter-based random streams: Philox4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405).
 * Stream (seed, stream) is the same whatever the number of workers or the order of use.
 */
import { requireArgument } from "./outcome.js";

/** High 32 bits of the 64-bit product of two unsigned 32-bit words, from 16-bit halves (no sum exceeds 32 bits). */
export function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const mid = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const cross = (Math.imul(aLow, bHigh) + (mid & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (mid >>> 16) + (cross >>> 16)) >>> 0;
}

const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const share0 = multiplier0 / 4294967296;
const share1 = multiplier1 / 4294967296;
/**
 * The high word of a product c * m is the whole part of c * (m / 2^32). In double precision that is rounded by 2^-22 at most,
 * so it may be one too many only where the low word is within 2^10 of 2^32: above this bound it is computed from halves.
 */
const roundedUp = 0xfffff000;

/**
 * Two Philox4x32-10 blocks with the counters (c0, c1, c2, c3) and (c0 + 1, c1, c2, c3), without a carry into c1: eight words,
 * written to `out` from `at`. Side by side they take little longer than one, because each waits for its own products.
 */
export function philoxPair(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Uint32Array,
  at: number,
): void {
  c0 |= 0;
  c1 |= 0;
  c2 |= 0;
  c3 |= 0;
  k0 |= 0;
  k1 |= 0;
  let d0 = (c0 + 1) | 0;
  let d1 = c1;
  let d2 = c2;
  let d3 = c3;
  for (let round = 0; round < 10; round++) {
    const c0Low = Math.imul(multiplier0, c0);
    const c2Low = Math.imul(multiplier1, c2);
    const d0Low = Math.imul(multiplier0, d0);
    const d2Low = Math.imul(multiplier1, d2);
    let c0High = ((c0 >>> 0) * share0) | 0;
    let c2High = ((c2 >>> 0) * share1) | 0;
    let d0High = ((d0 >>> 0) * share0) | 0;
    let d2High = ((d2 >>> 0) * share1) | 0;
    if (c0Low >>> 0 >= roundedUp) c0High = mulHigh(c0, multiplier0) | 0;
    if (c2Low >>> 0 >= roundedUp) c2High = mulHigh(c2, multiplier1) | 0;
    if (d0Low >>> 0 >= roundedUp) d0High = mulHigh(d0, multiplier0) | 0;
    if (d2Low >>> 0 >= roundedUp) d2High = mulHigh(d2, multiplier1) | 0;
    c0 = c2High ^ c1 ^ k0;
    c2 = c0High ^ c3 ^ k1;
    c1 = c2Low;
    c3 = c0Low;
    d0 = d2High ^ d1 ^ k0;
    d2 = d0High ^ d3 ^ k1;
    d1 = d2Low;
    d3 = d0Low;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
  out[at + 4] = d0;
  out[at + 5] = d1;
  out[at + 6] = d2;
  out[at + 7] = d3;
}

/** One Philox4x32-10 block: four counter words and two key words in, four words out. */
export function philox4x32(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Uint32Array,
): void {
  const pair = new Uint32Array(8);
  philoxPair(c0, c1, c2, c3, k0, k1, pair, 0);
  out.set(pair.subarray(0, 4));
}

/** A stream of random numbers with its own position. */
export class RandomStream {
  readonly #key0: number;
  readonly #key1: number;
  readonly #stream0: number;
  readonly #stream1: number;
  #block0 = 0;
  #block1 = 0;
  #next = 8;
  readonly #words = new Uint32Array(8);

  /** @param seed and @param stream unsigned 64-bit integers. */
  constructor(seed: bigint, stream: bigint) {
    this.#key0 = Number(seed & 0xffffffffn);
    this.#key1 = Number((seed >> 32n) & 0xffffffffn);
    this.#stream0 = Number(stream & 0xffffffffn);
    this.#stream1 = Number((stream >> 32n) & 0xffffffffn);
  }

  /** Uniform unsigned 32-bit integer. */
  u32(): number {
    if (this.#next === 8) {
      philoxPair(this.#block0, this.#block1, this.#stream0, this.#stream1, this.#key0, this.#key1, this.#words, 0);
      // Even, so that a pair never needs the carry that is made here.
      const next = this.#block0 + 2;
      this.#block0 = next >>> 0;
      this.#block1 = (this.#block1 + Math.floor(next / 4294967296)) >>> 0;
      this.#next = 0;
    }
    return this.#words[this.#next++] as number;
  }

  /** Uniform in [0, 1) with 53 bits. */
  float(): number {
    const high = this.u32() >>> 5;
    const low = this.u32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Uniform integer in [0, n), 1 <= n < 2^32, without bias (Lemire 2019, doi:10.1145/3230636). */
  below(n: number): number {
    // The message is made where it is needed alone.
    if (!(n >= 1 && n <= 0xffffffff && n === Math.floor(n)))
      requireArgument(false, `below: ${n} is not in 1 ... 2^32 - 1`);
    let word = this.u32();
    let low = Math.imul(word, n) >>> 0;
    if (low < n) {
      const threshold = (4294967296 - n) % n;
      while (low < threshold) {
        word = this.u32();
        low = Math.imul(word, n) >>> 0;
      }
    }
    return mulHigh(word, n);
  }

  /** Standard normal (Box-Muller, one value a call). */
  normal(): number {
    const u = 1 - this.float();
    const v = this.float();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
  }

  /** Shuffles an array in place (descending Fisher-Yates) and returns it. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = items[i] as T;
      items[i] = items[j] as T;
      items[j] = kept;
    }
    return items;
  }
}

/**
 * 64-bit stream number of a name (FNV-1a over UTF-16 units): streams named by purpose stay the same when others are added.
 * In 32-bit words, for it is asked for in every replicate: the prime 2^40 + 0x1b3 shifts the low word by 8 into the high one.
 */
export function streamOf(...names: readonly (string | number)[]): bigint {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  const text = names.join("\u001f");
  for (let i = 0; i < text.length; i++) {
    low = (low ^ text.charCodeAt(i)) >>> 0;
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 4294967296) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return (BigInt(high) << 32n) | BigInt(low);
}
