/**
 * Counter-based random streams: Philox4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405).
 * Stream (seed, stream) is the same whatever the number of workers or the order of use.
 */

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

/**
 * One Philox4x32-10 block: four counter words and two key words in, four words out, written to `out` from `at`.
 * The products are written out in 32-bit integer operations: calling a function for them costs half the speed.
 */
export function philox4x32(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Uint32Array,
  at = 0,
): void {
  c0 |= 0;
  c1 |= 0;
  c2 |= 0;
  c3 |= 0;
  k0 |= 0;
  k1 |= 0;
  for (let round = 0; round < 10; round++) {
    const a0 = c0 & 0xffff;
    const b0 = c0 >>> 16;
    const m0 = (Math.imul(b0, 0x1f53) + (Math.imul(a0, 0x1f53) >>> 16)) | 0;
    const x0 = (Math.imul(a0, 0xd251) + (m0 & 0xffff)) | 0;
    const product0 = (Math.imul(b0, 0xd251) + (m0 >>> 16) + (x0 >>> 16)) | 0;
    const a2 = c2 & 0xffff;
    const b2 = c2 >>> 16;
    const m2 = (Math.imul(b2, 0x8d57) + (Math.imul(a2, 0x8d57) >>> 16)) | 0;
    const x2 = (Math.imul(a2, 0xcd9e) + (m2 & 0xffff)) | 0;
    const product2 = (Math.imul(b2, 0xcd9e) + (m2 >>> 16) + (x2 >>> 16)) | 0;
    const next1 = Math.imul(0xcd9e8d57, c2);
    const next3 = Math.imul(0xd2511f53, c0);
    c0 = product2 ^ c1 ^ k0;
    c2 = product0 ^ c3 ^ k1;
    c1 = next1;
    c3 = next3;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}

/** A stream of random numbers with its own position. */
export class RandomStream {
  readonly #key0: number;
  readonly #key1: number;
  readonly #stream0: number;
  readonly #stream1: number;
  #block0 = 0;
  #block1 = 0;
  #next = 4;
  readonly #words = new Uint32Array(4);

  /** @param seed and @param stream unsigned 64-bit integers. */
  constructor(seed: bigint, stream: bigint) {
    this.#key0 = Number(seed & 0xffffffffn);
    this.#key1 = Number((seed >> 32n) & 0xffffffffn);
    this.#stream0 = Number(stream & 0xffffffffn);
    this.#stream1 = Number((stream >> 32n) & 0xffffffffn);
  }

  /** Uniform unsigned 32-bit integer. */
  u32(): number {
    if (this.#next === 4) {
      philox4x32(this.#block0, this.#block1, this.#stream0, this.#stream1, this.#key0, this.#key1, this.#words);
      this.#block0 = (this.#block0 + 1) >>> 0;
      if (this.#block0 === 0) this.#block1 = (this.#block1 + 1) >>> 0;
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
