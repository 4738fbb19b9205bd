import { readFileSync, writeFileSync } from "node:fs";
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { MedassayError } from "../../src/contract/errors.js";
import { describeSeries } from "../../src/imaging/dicom/series.js";
import { readVolume } from "../../src/imaging/volume.js";
import { tenSlices, withSeries } from "./phantom-series.js";

describe("a slice with damaged bytes", () => {
  it("is described and read, or refused by type: never an untyped error", async () => {
    await withSeries(tenSlices().slice(0, 2), async ([first, second]) => {
      const whole = readFileSync(second!);
      const place = fc.nat({ max: whole.length - 1 });
      const patch = fc.uint8Array({ minLength: 1, maxLength: 8 });
      const damage = fc.array(fc.tuple(place, patch), { minLength: 1, maxLength: 4 });
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(damage, fc.option(place), async (patches, cut) => {
          const bytes = Buffer.from(whole);
          for (const [at, values] of patches) bytes.set(values.subarray(0, bytes.length - at), at);
          writeFileSync(second!, cut === null ? bytes : bytes.subarray(0, cut));
          const { series, problems } = await describeSeries([first!, second!]);
          expect(series.length + problems.length).toBeGreaterThan(0);
          try {
            await readVolume([first!, second!]);
          } catch (error) {
            if (!(error instanceof MedassayError)) throw error;
            refused += 1;
          }
        }),
        { numRuns: 300, seed: 20260101 },
      );
      expect(refused).toBeGreaterThan(50);
    });
  });
});
