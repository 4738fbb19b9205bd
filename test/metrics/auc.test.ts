/** The area under the ROC curve without scores. */
import { expect, it } from "vitest";
import type { BinaryUnits } from "../../src/metrics/index.js";
import { decided, measured, scoredUnits } from "./decided-units.js";

it("answers without scores have no area, and the counts stand", () => {
  const units = decided(scoredUnits([1, 0, 1], [0.9, 0.2, 0.4]));
  const image: BinaryUnits = { ...(units.binary.image as BinaryUnits), scored: false };
  const prepared = measured("auc", { ...units, binary: { image } });
  expect(prepared).toMatchObject({ estimate: null, reason: "no-scores", patients: 3 });
  expect(prepared.n).toEqual({ positives: 2, negatives: 1, patients: 3 });
});
