/** Unit vectors. */
import { expect, it } from "vitest";
import { norm, normalized } from "../../src/geometry/vector.js";

it("a unit vector points the same way and has length 1; one without length stays as it is", () => {
  expect(normalized([3, 0, -4])).toEqual([0.6000000000000001, 0, -0.8]);
  expect(norm(normalized([1, 2, 3]))).toBeCloseTo(1, 15);
  expect(normalized([0, 0, 0])).toEqual([0, 0, 0]);
});
