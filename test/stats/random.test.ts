/** Philox against its definition in whole numbers, above all where a product in double precision would be rounded up. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { interpretedWords, mostWords, philoxWords } from "../../src/stats/philox-words.js";
import { mulHigh, philox4x32, philoxPair, RandomStream, streamOf } from "../../src/stats/random.js";
import { patientWeights } from "../../src/stats/resampling.js";

const word = 0xffffffffn;
const multipliers = [0xd2511f53n, 0xcd9e8d57n] as const;

/** Salmon et al. 2011, section 3.3. */
function definition(counter: readonly bigint[], key: readonly bigint[]): number[] {
  let [c0, c1, c2, c3] = counter as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const [first, second] = [c0 * multipliers[0], c2 * multipliers[1]];
    [c0, c1, c2, c3] = [(second >> 32n) ^ c1 ^ k0, second & word, (first >> 32n) ^ c3 ^ k1, first & word];
    k0 = (k0 + 0x9e3779b9n) & word;
    k1 = (k1 + 0xbb67ae85n) & word;
  }
  return [c0, c1, c2, c3].map(Number);
}

function block(counter: readonly bigint[], key: readonly bigint[]): number[] {
  const out = new Uint32Array(4);
  const [c0, c1, c2, c3, k0, k1] = [...counter, ...key].map(Number) as [number, number, number, number, number, number];
  philox4x32(c0, c1, c2, c3, k0, k1, out);
  return [...out];
}

/** The word whose product with a multiplier has the low word given. */
function wordOfLow(multiplier: bigint, low: bigint): bigint {
  let inverse = 1n;
  for (let i = 0; i < 5; i++) inverse = (inverse * (2n - multiplier * inverse)) & word;
  return (low * inverse) & word;
}

describe("Philox4x32-10", () => {
  it("is its definition for counters and keys of any size", () => {
    const random = new RandomStream(1n, 2n);
    for (let i = 0; i < 500; i++) {
      const [c0, c1, c2, c3, k0, k1] = Array.from({ length: 6 }, () => BigInt(random.u32())) as [
        bigint,
        bigint,
        bigint,
        bigint,
        bigint,
        bigint,
      ];
      expect(block([c0, c1, c2, c3], [k0, k1])).toEqual(definition([c0, c1, c2, c3], [k0, k1]));
    }
  });

  it("is its definition where the low word of a product is next to 2^32, in either block", () => {
    const out = new Uint32Array(8);
    // Even and odd high words: rounding up shows in the last digit of either.
    for (let below = 1n; below <= 6000n; below += below < 40n ? 1n : 97n) {
      for (const [at, multiplier] of multipliers.entries()) {
        const hit = wordOfLow(multiplier, 0x100000000n - below);
        expect((hit * multiplier) & word).toBe(0x100000000n - below);
        const counter = at === 0 ? [hit, 5n, 6n, 7n] : [6n, 5n, hit, 7n];
        expect(block(counter, [8n, 9n])).toEqual(definition(counter, [8n, 9n]));
        // As the second of a pair.
        const [c0, c1, c2, c3] = counter as [bigint, bigint, bigint, bigint];
        philoxPair(Number(c0) - 1, Number(c1), Number(c2), Number(c3), 8, 9, out, 0);
        expect([...out.subarray(4)]).toEqual(definition(counter, [8n, 9n]));
        expect([...out.subarray(0, 4)]).toEqual(definition([(c0 - 1n) & word, c1, c2, c3], [8n, 9n]));
      }
    }
  });

  it("writes a pair where it is told to, and nowhere else", () => {
    const out = new Uint32Array(12).fill(7);
    philoxPair(4, 1, 2, 3, 5, 6, out, 2);
    const key = [5n, 6n];
    expect([...out]).toEqual([7, 7, ...definition([4n, 1n, 2n, 3n], key), ...definition([5n, 1n, 2n, 3n], key), 7, 7]);
  });
});

describe("words of many blocks at once", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  const random = new RandomStream(11n, 3n);
  const edges = [0, 1, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];
  const some = () => (random.below(4) === 0 ? (edges[random.below(edges.length)] as number) : random.u32());
  const sources = [
    ["compiled", philoxWords()],
    ["interpreted", interpretedWords()],
  ] as const;

  it.each(sources)("are those of one block after the other: %s", (_, { words, fill }) => {
    for (let i = 0; i < 3000; i++) {
      const [block, c2, c3, k0, k1] = [some(), some(), some(), some(), some()] as const;
      const count = 16 * (1 + random.below(mostWords / 16));
      words.fill(7);
      fill(block, c2, c3, k0, k1, count);
      const expected = new Uint32Array(mostWords).fill(7);
      for (let at = 0; at < count; at += 8) philoxPair(block + at / 4, 0, c2, c3, k0, k1, expected, at);
      expect(Buffer.compare(Buffer.from(words.slice().buffer), Buffer.from(expected.buffer))).toBe(0);
    }
  });

  it.each(sources)("are the definition, from first word to last: %s", (_, { words, fill }) => {
    fill(0xffffffe0, 0x89abcdef, 0xfedcba98, 0x90123456, 0xe5d4c3b2, mostWords);
    const key = [0x90123456n, 0xe5d4c3b2n];
    const blocks = Array.from({ length: mostWords / 4 }, (_, at) =>
      definition([(0xffffffe0n + BigInt(at)) & word, 0n, 0x89abcdefn, 0xfedcba98n], key),
    );
    expect([...words]).toEqual(blocks.flat());
  });

  it("are right where the low word of a product is next to 2^32", () => {
    for (const [, { words, fill }] of sources) {
      for (const below of [1n, 2n, 700n, 4096n]) {
        const c2 = wordOfLow(multipliers[1], 0x100000000n - below);
        const block = wordOfLow(multipliers[0], 0x100000000n - below);
        fill(Number(block), Number(c2), 5, 8, 9, 16);
        expect([...words.subarray(0, 4)]).toEqual(definition([block, 0n, c2, 5n], [8n, 9n]));
      }
    }
  });

  it("are made by WebAssembly, each buffer in a memory of its own", () => {
    const [one, other] = [philoxWords(), philoxWords()];
    expect(one.words).toHaveLength(mostWords);
    // A page of memory, of which the words take the beginning.
    expect(one.words.buffer.byteLength).toBe(65536);
    one.fill(1, 2, 3, 4, 5, 16);
    const kept = [...one.words];
    other.fill(6, 7, 8, 9, 10, 16);
    expect([...one.words]).toEqual(kept);
  });

  it.each([
    ["there is no WebAssembly", undefined],
    ["it has no vectors", { validate: () => false }],
  ])("are interpreted where %s", (_, kind) => {
    vi.stubGlobal("WebAssembly", kind);
    const { words, fill } = philoxWords();
    expect(words.buffer.byteLength).toBe(4 * mostWords);
    fill(0, 2, 3, 5, 6, 16);
    expect([...words.subarray(12, 20)]).toEqual([...definition([3n, 0n, 2n, 3n], [5n, 6n]), 0, 0, 0, 0]);
  });
});

describe("the high word of a product", () => {
  it("is that of whole numbers", () => {
    for (const a of [0, 1, 0xffff, 0x10000, 0x12345678, 0xfffffffe, 0xffffffff]) {
      for (const b of [0, 1, 0xffff, 0x10000, 0x9abcdef0, 0xffffffff]) {
        expect(mulHigh(a, b)).toBe(Number((BigInt(a) * BigInt(b)) >> 32n));
      }
    }
  });
});

describe("a stream", () => {
  it("takes the words of its blocks one after the other", () => {
    const random = new RandomStream(0x1122334455667788n, 0x99aabbccddeeff00n);
    const words = Array.from({ length: 40 }, () => random.u32());
    const blocks = Array.from({ length: 10 }, (_, at) =>
      definition([BigInt(at), 0n, 0xddeeff00n, 0x99aabbccn], [0x55667788n, 0x11223344n]),
    );
    expect(words).toEqual(blocks.flat());
  });

  it("makes normal numbers of two uniform ones each, as Box and Muller say", () => {
    const [uniform, normal] = [new RandomStream(3n, 4n), new RandomStream(3n, 4n)];
    for (let n = 0; n < 50; n++) {
      const [radius, angle] = [1 - uniform.float(), uniform.float()];
      expect(normal.normal()).toBe(Math.sqrt(-2 * Math.log(radius)) * Math.cos(2 * Math.PI * angle));
    }
  });
});

describe("how often patients are drawn", () => {
  /** Half words, low ones first, each taken by Lemire's rule for 16 bits. */
  function drawn(seed: bigint, stream: bigint, patients: number): number[] {
    const counts = new Array<number>(patients).fill(0);
    const random = new RandomStream(seed, stream);
    for (let left = patients; left > 0;) {
      const both = random.u32();
      for (const half of [both & 0xffff, both >>> 16]) {
        const product = half * patients;
        if (left === 0 || product % 65536 < 65536 % patients) continue;
        const patient = Math.floor(product / 65536);
        counts[patient] = (counts[patient] as number) + 1;
        left--;
      }
    }
    return counts;
  }

  it.each([1, 2, 3, 5, 31, 32, 33, 64, 65, 100, 255, 511, 512, 513, 700, 1023, 10_000, 40_000, 65_535, 65_536])(
    "is counted from halves of words, without bias: %i patients",
    (patients) => {
      const counts = new Uint16Array(patients + 3).fill(9);
      for (const replicate of [0, 1, 2]) {
        patientWeights(3n, "x", replicate, patients, counts);
        expect([...counts.subarray(0, patients)]).toEqual(drawn(3n, streamOf("x", replicate), patients));
        // What stands behind the patients is left alone.
        expect([...counts.subarray(patients)]).toEqual([9, 9, 9]);
      }
    },
  );
});
