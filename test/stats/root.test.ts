/** Roots of falling functions: found to the last bits, in few calls, and by bisection where nothing else is possible. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { fallingRoot, newtonRoot } from "../../src/stats/root.js";

function counted(f: (x: number) => number): { f: (x: number) => number; calls: number[] } {
  const calls: number[] = [];
  return { calls, f: (x) => (calls.push(x), f(x)) };
}

describe("the root of a falling function", () => {
  it.each([
    ["a line", -1, 1, (x: number) => 0.3 - x, 0.3],
    ["a cubic", 0, 2, (x: number) => 0.5 - x * x * x, Math.cbrt(0.5)],
    ["an exponential", -10, 10, (x: number) => Math.exp(-x) - 3, -Math.log(3)],
    ["a logarithm", 1e-12, 1, (x: number) => -Math.log(x) - 20, Math.exp(-20)],
    ["a flat cubic", -1, 2, (x: number) => -(x - 0.7) * (x - 0.7) * (x - 0.7), 0.7],
  ])("is right to the last bits for %s", (_, low, high, f, root) => {
    const { f: watched, calls } = counted(f);
    const found = fallingRoot(low, high, watched);
    expect(Math.abs(found - root)).toBeLessThanOrEqual(20 * Number.EPSILON * Math.abs(root));
    expect(calls.length).toBeLessThanOrEqual(70);
    expect(calls.every((x) => x > low && x < high)).toBe(true);
  });

  it("takes about ten calls where the function is smooth", () => {
    const { f, calls } = counted((x) => Math.exp(-x) - 0.4);
    fallingRoot(0, 4, f);
    expect(calls.length).toBeLessThanOrEqual(14);
  });

  it("never takes many more calls than bisection", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.double({ min: 0.01, max: 9, noNaN: true }),
        (root, power) => {
          const { f, calls } = counted((x) => Math.sign(root - x) * Math.exp(power * Math.log(Math.abs(root - x))));
          const found = fallingRoot(-2, 2, f);
          expect(Math.abs(found - root)).toBeLessThanOrEqual(1e-30 + 4 * Number.EPSILON * Math.abs(root));
          expect(calls.length).toBeLessThanOrEqual(300);
        },
      ),
    );
  });

  it("is the jump of a function that has no root", () => {
    for (const jump of [-0.999, 0.1, 1 / 3]) {
      for (const [above, below] of [
        [1, -1],
        [1e-9, -1e9],
        [Infinity, -Infinity],
        [Infinity, -1],
        [1, 0],
      ] as const) {
        const found = fallingRoot(-1, 1, (x) => (x < jump ? above : below));
        expect(Math.abs(found - jump)).toBeLessThanOrEqual(2 * Number.EPSILON * Math.abs(jump));
      }
    }
  });

  it("is the end towards which a function without a change of sign points", () => {
    expect(fallingRoot(1, 2, () => 1)).toBeCloseTo(2, 14);
    expect(fallingRoot(1, 2, () => -1)).toBeCloseTo(1, 14);
    expect(fallingRoot(0, 1, () => -1)).toBeLessThan(1e-80);
    expect(fallingRoot(0, 1, () => 0)).toBeLessThan(1e-80);
  });

  it("is bisected where the function is not a number", () => {
    const found = fallingRoot(0, 1, (x) => (x < 0.25 ? 1 : Number.NaN));
    expect(found).toBeCloseTo(0.25, 14);
  });
});

describe("Newton's steps", () => {
  const cubic = (x: number): number => (0.5 - x * x * x) / (3 * x * x);

  it("end at the root in a few calls, where the guess is near", () => {
    const { f, calls } = counted(cubic);
    expect(newtonRoot(0, 2, 0.75, f)).toBeCloseTo(Math.cbrt(0.5), 15);
    expect(calls.length).toBeLessThanOrEqual(5);
    expect(newtonRoot(0, 2, 0.75, cubic)).toBe(newtonRoot(0.7, 0.9, 0.75, cubic));
  });

  it("give up where a step leaves the bracket, has no value, or they never settle", () => {
    expect(newtonRoot(0, 0.79, 0.75, cubic)).toBeUndefined();
    expect(newtonRoot(0.8, 2, 0.9, cubic)).toBeUndefined();
    expect(newtonRoot(0, 2, 1, () => Number.NaN)).toBeUndefined();
    // Two points in turn, as Newton's method may do; eight calls and no more.
    const { f, calls } = counted((x) => (x < 1 ? 1 : -1));
    expect(newtonRoot(0, 2, 0.5, f)).toBeUndefined();
    expect(calls.length).toBe(8);
    // Steps that shrink towards an end have not settled, however short they are.
    expect(newtonRoot(0, 2, 1e-9, (x) => -x / 2)).toBeUndefined();
  });
});
