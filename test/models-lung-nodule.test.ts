/** The three embedded nodule detectors: admitted as they stand, small, two of one graph and one of another. */
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { postprocessOperations, preprocessOperations } from "../src/inference/operations/index.js";
import { judgeSubmission, type AdmittedSubmission } from "../src/submissions/admit.js";
import { graphHash } from "../src/submissions/graph-hash.js";
import { readOnnx } from "../src/submissions/onnx-reader.js";

const steps = { preprocess: preprocessOperations, postprocess: postprocessOperations };

describe("the embedded nodule detectors", () => {
  const admitted: Record<string, AdmittedSubmission> = {};
  beforeAll(async () => {
    for (const name of ["registered", "retrained", "redesigned"]) {
      const folder = fileURLToPath(new URL(`../models/lung-nodule/${name}`, import.meta.url));
      admitted[name] = await judgeSubmission(folder, steps);
    }
  });

  test("are below 1 MB and declare a threshold above the decoder's floor", () => {
    for (const { modelFile, manifest } of Object.values(admitted)) {
      expect(statSync(modelFile).size).toBeLessThan(1_000_000);
      expect(manifest.operatingPoint?.threshold).toBeGreaterThan(0.03);
    }
  });

  test("share the graph where the update claims to be data-driven, and not where it is a redesign", () => {
    const hash = (name: string): string => graphHash(readOnnx((admitted[name] as AdmittedSubmission).modelFile));
    expect(hash("retrained")).toBe(hash("registered"));
    expect(hash("redesigned")).not.toBe(hash("registered"));
  });

  test("declare rising versions X.Y.Z.B", () => {
    expect(
      ["registered", "retrained", "redesigned"].map((name) => admitted[name]?.manifest.product.version.complete),
    ).toEqual(["1.0.0.12", "1.0.1.31", "2.0.0.4"]);
  });
});
