/** The one sort: against a sort by comparisons, on the kinds of numbers whose bits are awkward. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { MedassayError } from "../../src/contract/errors.js";
import { sortedNumbers, sortedOrder } from "../../src/stats/order.js";
import { RandomStream } from "../../src/stats/random.js";

/** By value, equal ones as given. */
function definition(numbers: readonly number[], sign: 1 | -1): number[] {
  return [...numbers.keys()].sort((a, b) => {
    const [x, y] = [numbers[a] as number, numbers[b] as number];
    if (x === y) return a - b;
    return x < y ? -sign : sign;
  });
}

function expectSorted(numbers: readonly number[]): void {
  const rising = definition(numbers, 1);
  expect([...sortedOrder(numbers, "rising")]).toEqual(rising);
  expect([...sortedOrder(numbers, "falling")]).toEqual(definition(numbers, -1));
  // 0 + : the sort gives 0 for -0.
  expect([...sortedNumbers(numbers)]).toEqual(rising.map((at) => 0 + (numbers[at] as number)));
}

const random = new RandomStream(7n, 1n);
const kinds: Record<string, () => number> = {
  uniform: () => random.float(),
  "of both signs": () => random.normal(),
  "few values": () => random.below(5) - 2,
  "all the same": () => 0.5,
  "two neighbours": () => (random.below(2) ? 1 : 1 - 2 ** -53),
  "zeros of both signs and infinities": () => [0, -0, 1, -1, Infinity, -Infinity][random.below(6)] as number,
  "equal but for the last digits": () => 1 - 2 ** -30 * random.float(),
  "negative, equal but for the last digits": () => -1 - 2 ** -25 * random.float(),
  "single precision": () => Math.fround(random.float()),
  "of any size": () => (random.float() - 0.5) * 2 ** (2000 * random.float() - 1000),
  "below the smallest normal number": () => random.normal() * 2 ** -1060,
  // One far away leaves the others to one bucket, and to their bits.
  "equal high words beside one far away": () => (random.below(50) ? 1 + random.float() * 2 ** -20 : 1e300),
  "negative, equal high words beside one far away": () => (random.below(50) ? -1 - random.float() * 2 ** -20 : -1e300),
  "some equal high words beside one far away": () =>
    random.below(50) ? (random.below(9) - 4) / 4 + random.float() * 2 ** -21 : 1e300,
  "runs of equal high words of any length": () => 1 + random.below(40) / 64 + random.float() * 2 ** -21,
};

describe("the order of numbers", () => {
  // 32 and 33: insertion and counting; the rest: enough for every digit.
  it.each([0, 1, 2, 31, 32, 33, 34, 300, 5000])(
    "is that of a sort by comparisons: %i numbers of every kind",
    (length) => {
      for (const draw of Object.values(kinds)) expectSorted(Array.from({ length }, draw));
    },
  );

  it("is that of a sort by comparisons for any numbers", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 120 }), (numbers) => expectSorted(numbers)),
      { numRuns: 300 },
    );
  });

  it("leaves what it was given as it was", () => {
    const numbers = Float64Array.from({ length: 100 }, () => random.float());
    const before = numbers.slice();
    sortedNumbers(numbers);
    sortedOrder(numbers, "falling");
    expect(numbers).toEqual(before);
  });

  it("has no place for NaN, of whatever sign and wherever it stands", () => {
    for (const length of [1, 10, 100]) {
      for (const at of [0, length - 1]) {
        for (const missing of [Number.NaN, -Number.NaN]) {
          const numbers = new Float64Array(length).fill(0.5);
          numbers[at] = missing;
          for (const call of [() => sortedNumbers(numbers), () => sortedOrder(numbers, "falling")]) {
            expect(call).toThrow(MedassayError);
            expect(call).toThrow(/NaN/);
          }
        }
      }
    }
  });
});

describe("a sort of more numbers than room is kept for", () => {
  it("is the same as of few", () => {
    const own = new RandomStream(8n, 1n);
    const numbers = Float64Array.from({ length: (1 << 17) + 1 }, () => own.below(1000));
    const order = sortedOrder(numbers, "rising");
    let misplaced = 0;
    for (let at = 1; at < order.length; at++) {
      const [a, b] = [order[at - 1] as number, order[at] as number];
      const [x, y] = [numbers[a] as number, numbers[b] as number];
      if (x > y || (x === y && a > b)) misplaced++;
    }
    expect(misplaced).toBe(0);
    expect(new Set(order).size).toBe(numbers.length);
  });
});
