/** Raster operations against small cases worked by hand and against stored answers of named libraries. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cropField } from "../../src/inference/operations/crop-field.js";
import { decodeCumulativeGrades } from "../../src/inference/operations/decode-cumulative-grades.js";
import { postprocessOperations, preprocessOperations } from "../../src/inference/operations/index.js";
import type { Answer, Raster } from "../../src/inference/operations/operation.js";
import { resizeRaster } from "../../src/inference/operations/resize-raster.js";
import { toRgb } from "../../src/inference/operations/to-rgb.js";
import { noteMissing, sharedFolder } from "../shared.js";

const raster = (width: number, height: number, channels: number, data: readonly number[]): Raster => ({
  kind: "raster",
  data: Float32Array.from(data),
  width,
  height,
  channels,
});
const resized = (picture: Raster, width: number, height: number, convention: string): number[] => [
  ...(resizeRaster.apply(picture, resizeRaster.parameters.parse({ width, height, convention })) as Raster).data,
];

describe("crop-field", () => {
  const parameters = cropField.parameters.parse({ threshold: 16, minimumShare: 0 });

  it("takes the box of the field and squares it with black", () => {
    // 5 x 4; the field is 3 wide (columns 1..3) and 2 high (rows 1..2).
    const picture = raster(5, 4, 1, [0, 0, 0, 0, 0, 0, 20, 30, 40, 0, 0, 50, 60, 70, 0, 0, 0, 0, 16, 0]);
    const cropped = cropField.apply(picture, parameters) as Raster;
    expect([cropped.width, cropped.height]).toEqual([3, 3]);
    // One row is missing: floor(1 / 2) = 0 above, one below; that row is inside the picture and keeps its 16.
    expect([...cropped.data]).toEqual([20, 30, 40, 50, 60, 70, 0, 0, 16]);
  });

  it("fills what lies outside the picture with 0", () => {
    const cropped = cropField.apply(raster(4, 2, 1, [90, 90, 90, 90, 80, 80, 80, 80]), parameters) as Raster;
    expect([cropped.width, cropped.height]).toEqual([4, 4]);
    expect([...cropped.data]).toEqual([0, 0, 0, 0, 90, 90, 90, 90, 80, 80, 80, 80, 0, 0, 0, 0]);
  });

  it("judges a pixel by its brightest channel and ignores thin columns", () => {
    const strict = cropField.parameters.parse({ threshold: 16, minimumShare: 0.5 });
    // Two channels, 3 x 2. Column 0 has one bright pixel of two (not more than half), columns 1 and 2 have two.
    const picture = raster(3, 2, 2, [0, 99, 20, 0, 0, 20, 0, 0, 17, 3, 3, 17]);
    const cropped = cropField.apply(picture, strict) as Raster;
    expect([cropped.width, cropped.height]).toEqual([2, 2]);
    expect([...cropped.data]).toEqual([20, 0, 0, 20, 17, 3, 3, 17]);
  });

  it("squares a picture without a field as a whole", () => {
    const cropped = cropField.apply(raster(2, 1, 1, [3, 4]), parameters) as Raster;
    expect([cropped.width, cropped.height, ...cropped.data]).toEqual([2, 2, 3, 4, 0, 0]);
  });
});

describe("resize-raster", () => {
  const row = raster(4, 1, 1, [0, 10, 20, 30]);

  it("half-pixel bilinear reads the two neighbours and repeats the edge", () => {
    // 4 -> 2: centres 0.5 and 2.5. 4 -> 8: centres -0.25, 0.25, 0.75, ...
    expect(resized(row, 2, 1, "half-pixel-bilinear")).toEqual([5, 25]);
    expect(resized(row, 8, 1, "half-pixel-bilinear")).toEqual([0, 2.5, 7.5, 12.5, 17.5, 22.5, 27.5, 30]);
  });

  it("antialiased bilinear widens its triangle with the reduction", () => {
    // 4 -> 2: half width 2 about 0.5: weights 0.75, 0.75, 0.25 of 1.75 on samples 0, 1, 2.
    const [first, second] = resized(row, 2, 1, "antialiased-bilinear") as [number, number];
    expect(first).toBeCloseTo((0.75 * 10 + 0.25 * 20) / 1.75, 5);
    expect(second).toBeCloseTo((0.25 * 10 + 0.75 * 20 + 0.75 * 30) / 1.75, 5);
  });

  it("area is the mean over the covered interval", () => {
    expect(resized(row, 2, 1, "area")).toEqual([5, 25]);
    // 4 -> 3: the first covers 0..4/3: one whole sample and a third of the next.
    const thirds = resized(row, 3, 1, "area");
    expect(thirds[0]).toBeCloseTo((0 + 10 / 3) / (4 / 3), 5);
    expect(thirds[1]).toBeCloseTo(15, 5);
  });

  it("keeps channels apart and a picture of the same size as it is", () => {
    const picture = raster(2, 2, 3, [1, 100, 7, 3, 200, 7, 5, 300, 7, 7, 400, 7]);
    for (const convention of ["half-pixel-bilinear", "antialiased-bilinear", "area"]) {
      expect(resized(picture, 2, 2, convention)).toEqual([...picture.data]);
      expect(resized(picture, 1, 1, convention)).toEqual([4, 250, 7]);
    }
  });

  it("refuses sizes beyond its bound and unknown conventions", () => {
    expect(resizeRaster.parameters.safeParse({ width: 5000, height: 1, convention: "area" }).success).toBe(false);
    expect(resizeRaster.parameters.safeParse({ width: 5, height: 1, convention: "lanczos" }).success).toBe(false);
  });

  it("equals torch, and OpenCV and Pillow within their rounding to 8 bits", () => {
    const shared = sharedFolder();
    if (shared === null) return noteMissing("resize_2d oracle", 20);
    interface Case {
      id: string;
      params: { mode?: string; antialias?: boolean; interpolation?: string; filter?: string };
      input: { shape: number[]; data: number[] };
      output: { shape: number[]; data: number[] };
    }
    const { cases } = JSON.parse(readFileSync(join(shared, "oracles/preprocessing/resize_2d.json"), "utf8")) as {
      cases: Case[];
    };
    let compared = 0;
    for (const { id, params, input, output } of cases) {
      const convention =
        params.mode === "bilinear"
          ? params.antialias === true
            ? "antialiased-bilinear"
            : "half-pixel-bilinear"
          : params.filter === "bilinear"
            ? "antialiased-bilinear"
            : params.interpolation === "linear"
              ? "half-pixel-bilinear"
              : params.interpolation === "area" &&
                  (output.shape[0] ?? 0) <= (input.shape[0] ?? 0) &&
                  (output.shape[1] ?? 0) <= (input.shape[1] ?? 0)
                ? "area"
                : null;
      if (convention === null) continue;
      const [height, width, channels = 1] = input.shape as [number, number, number?];
      const [outHeight, outWidth] = output.shape as [number, number];
      const values = resized(raster(width, height, channels, input.data), outWidth, outHeight, convention);
      expect(values.length, id).toBe(output.data.length);
      // torch computes in float32; Pillow rounds after each of two passes; OpenCV's linear has weights of 11 bits, its area rounds once.
      const tolerance = params.mode !== undefined ? 1e-3 : params.interpolation === "area" ? 0.51 : 1.01;
      values.forEach((value, at) =>
        expect(Math.abs(value - (output.data[at] as number)), `${id} at ${at}`).toBeLessThanOrEqual(tolerance),
      );
      compared++;
    }
    expect(compared).toBeGreaterThanOrEqual(14);
  });
});

describe("to-rgb", () => {
  it("copies grey, drops alpha, and scales only when asked", () => {
    const grey = toRgb.apply(raster(2, 1, 1, [51, 255]), { range: "0..1" }) as Raster;
    expect([...grey.data]).toEqual([0.2, 0.2, 0.2, 1, 1, 1].map(Math.fround));
    const alpha = toRgb.apply(raster(1, 1, 4, [1, 2, 3, 200]), { range: "0..255" }) as Raster;
    expect([alpha.channels, ...alpha.data]).toEqual([3, 1, 2, 3]);
    const greyAlpha = toRgb.apply(raster(1, 1, 2, [9, 200]), { range: "0..255" }) as Raster;
    expect([...greyAlpha.data]).toEqual([9, 9, 9]);
  });
});

describe("decode-cumulative-grades", () => {
  const input = raster(1, 1, 1, [0]);
  const decode = (values: readonly number[], parameters: object = {}): Answer =>
    decodeCumulativeGrades.apply(
      {
        outputs: { cumulative: { dtype: "float32", dims: [1, values.length], data: Float32Array.from(values) } },
        findings: [],
        scores: { kept: 1 },
        labels: {},
      },
      decodeCumulativeGrades.parameters.parse({ output: "cumulative", ...parameters }),
      input,
    );

  it("gives differences of neighbours as probabilities, the score of referable, and the count as grade", () => {
    const { scores, labels } = decode([0.875, 0.75, 0.25, 0.125]);
    expect(scores).toEqual({
      kept: 1,
      referable: 0.75,
      icdr0: 0.125,
      icdr1: 0.125,
      icdr2: 0.5,
      icdr3: 0.125,
      icdr4: 0.125,
    });
    expect(labels).toEqual({ icdr: 2 });
  });

  it("never gives a negative probability: a later one can't exceed an earlier one, and 0..1 is kept", () => {
    const { scores, labels } = decode([0.5, 0.75, 1.5, -0.5]);
    expect(scores).toEqual({ kept: 1, referable: 0.5, icdr0: 0.5, icdr1: 0, icdr2: 0, icdr3: 0.5, icdr4: 0 });
    expect(labels.icdr).toBe(3);
    expect(decode([0.5, 0.75, 1.5, -0.5], { rule: "most-probable" }).labels.icdr).toBe(0);
  });

  it("follows the declared cut, label and referable grade", () => {
    const { scores, labels } = decode([0.5, 0.25], { cut: 0.25, label: "stage", referableFrom: 1 });
    expect(labels).toEqual({ stage: 2 });
    expect(scores).toEqual({ kept: 1, referable: 0.5, stage0: 0.5, stage1: 0.25, stage2: 0.25 });
  });

  it("refuses an output that is not there or too short", () => {
    expect(() => decode([0.5])).toThrow(/expected/);
    expect(() => decode([0.5, 0.5], { output: "logits" })).toThrow(/no output/);
  });
});

it("the tables know the raster operations by their ids", () => {
  for (const operation of [cropField, resizeRaster, toRgb]) expect(preprocessOperations[operation.id]).toBe(operation);
  expect(postprocessOperations["decode-cumulative-grades"]).toBe(decodeCumulativeGrades);
});
