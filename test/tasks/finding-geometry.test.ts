/** Shapes of findings whose members do not fit together are refused with their place, on the side of truth and of products. */
import { describe, expect, it } from "vitest";
import { prediction } from "../../src/contract/prediction.js";
import { parseJsonLines } from "../../src/storage/documents.js";

const read = (geometry: unknown) => {
  const line = {
    schema: "medassay/prediction/1",
    case: "c0",
    status: "ok",
    findings: [{ id: "m0", geometry, score: 0.5 }],
  };
  return () => parseJsonLines(JSON.stringify(line), prediction, "predictions.jsonl")[0]?.findings[0]?.geometry;
};
const refused = (member: string, text: string) =>
  expect.objectContaining({
    code: "DOCUMENT_INVALID",
    line: 1,
    pointer: `/findings/0/geometry/${member}`,
    message: expect.stringContaining(text),
  });

describe("a box", () => {
  const box = (min: number[], max: number[]) => ({ type: "box", min, max });

  it("runs from min to max along every axis; it may be flat", () => {
    for (const good of [box([0, 0], [1, 2]), box([0, -3, 5], [0, -3, 5])]) expect(read(good)()).toEqual(good);
    expect(read(box([10, 10, 10], [0, 0, 0]))).toThrow(refused("max", "below min along an axis"));
    expect(read(box([0, 0], [1, -1]))).toThrow(refused("max", "below min along an axis"));
  });

  it("has as many coordinates in max as in min", () => {
    expect(read(box([0, 0, 0], [10, 10]))).toThrow(refused("max", "2 coordinates, min has 3"));
    expect(read(box([0, 0], [10, 10, 10]))).toThrow(refused("max", "3 coordinates, min has 2"));
  });
});

describe("a mask", () => {
  const mask = (shape: number[], runs: number[], spacing?: number[]) => ({
    type: "mask",
    shape,
    runs,
    ...(spacing && { spacing }),
  });

  it("fills its grid, neither less nor more", () => {
    for (const good of [mask([4, 4], [0, 4, 12]), mask([1, 2, 3], [6]), mask([2, 2], [1, 3], [1, 0.5])])
      expect(read(good)()).toEqual(good);
    expect(read(mask([4, 4], [0, 4]))).toThrow(refused("runs", "cover 4 voxels, the grid has 16"));
    expect(read(mask([4, 4], [0, 400]))).toThrow(refused("runs", "cover 400 voxels, the grid has 16"));
    expect(read(mask([2, 2, 2], [4]))).toThrow(refused("runs", "cover 4 voxels, the grid has 8"));
  });

  it("has a spacing an axis, or none", () => {
    expect(read(mask([2, 2], [4], [1, 1, 1]))).toThrow(refused("spacing", "3 axes, shape has 2"));
  });
});
