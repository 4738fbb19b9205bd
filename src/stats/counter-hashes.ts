/**
 * Other counter-based generators, so that draws made elsewhere can be recomputed: Threefry (Salmon et al. 2011,
 * doi:10.1145/2063384.2063405; JAX draws with Threefry2x32-20) and the hash pcg4d (Jarzynski & Olano 2020, JCGT 9(3)).
 * medassay's own streams are Philox ({@link RandomStream}).
 */
import { requireArgument } from "./outcome.js";

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

const twoWords = [13, 15, 26, 6, 17, 29, 16, 24] as const;
const fourWords = [
  [10, 26],
  [11, 21],
  [13, 27],
  [23, 5],
  [6, 20],
  [17, 11],
  [25, 10],
  [18, 20],
] as const;
const parity = 0x1bd11bda;

/** Refuses a block of another length. */
function requireWords(words: ArrayLike<number>, count: number, what: string): void {
  requireArgument(words.length === count, `${what}: ${words.length} words, not ${count}`);
}

/** One Threefry2x32-20 block: two counter words and two key words in, two words out. */
export function threefry2x32(counter: ArrayLike<number>, key: ArrayLike<number>): Uint32Array {
  requireWords(counter, 2, "counter");
  requireWords(key, 2, "key");
  const [k0, k1] = [key[0] as number, key[1] as number];
  const keys = [k0, k1, parity ^ k0 ^ k1];
  const block = Uint32Array.of((counter[0] as number) + k0, (counter[1] as number) + k1);
  for (let round = 0; round < 20; round++) {
    const sum = (block[0] as number) + (block[1] as number);
    block[1] = rotate(block[1] as number, twoWords[round % 8] as number) ^ sum;
    block[0] = sum;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      block[0] += keys[injection % 3] as number;
      block[1] += (keys[(injection + 1) % 3] as number) + injection;
    }
  }
  return block;
}

/** One Threefry4x32-20 block: four counter words and four key words in, four words out. */
export function threefry4x32(counter: ArrayLike<number>, key: ArrayLike<number>): Uint32Array {
  requireWords(counter, 4, "counter");
  requireWords(key, 4, "key");
  const words = Array.from(key);
  const keys = [...words, words.reduce((sum, word) => sum ^ word, parity)];
  const block = Uint32Array.from(counter, (word, i) => word + (words[i] as number));
  const mix = (i: number, j: number, by: number): void => {
    const sum = (block[i] as number) + (block[j] as number);
    block[j] = rotate(block[j] as number, by) ^ sum;
    block[i] = sum;
  };
  for (let round = 0; round < 20; round++) {
    const [first, second] = fourWords[round % 8] as readonly [number, number];
    // Odd rounds mix the words crosswise.
    const odd = round % 2 === 1;
    mix(0, odd ? 3 : 1, first);
    mix(2, odd ? 1 : 3, second);
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      block.forEach((word, i) => (block[i] = word + (keys[(injection + i) % 5] as number)));
      block[3] = (block[3] as number) + injection;
    }
  }
  return block;
}

/** The hash pcg4d: four words in, four words out. For noise by position; not for resampling. */
export function pcg4d(input: ArrayLike<number>): Uint32Array {
  requireWords(input, 4, "input");
  const v = Uint32Array.from(input, (word) => Math.imul(word, 1664525) + 1013904223);
  const mix = (): void => {
    for (const [to, i, j] of [
      [0, 1, 3],
      [1, 2, 0],
      [2, 0, 1],
      [3, 1, 2],
    ] as const) {
      v[to] = (v[to] as number) + Math.imul(v[i] as number, v[j] as number);
    }
  };
  mix();
  v.forEach((word, i) => (v[i] = word ^ (word >>> 16)));
  mix();
  return v;
}
