import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeSeries } from "../../src/imaging/dicom/series.js";
import { readVolume, volumeHash } from "../../src/imaging/volume.js";
import { noteMissing, sharedFolder } from "../shared.js";
import { tenSlices, withSeries } from "./phantom-series.js";

const shared = sharedFolder();

interface SeriesFacts {
  shape_zyx: [number, number, number];
  origin_lps: [number, number, number];
  spacing_z_computed_mm: number;
  pixel_spacing_row_col_mm: [number, number];
  sha256_int16_le_hu_volume: string;
  order: { file: string; sop: string }[];
}

const cases = ["A0001_s2_L", "A0002_s3_B40f"];
if (shared === null) noteMissing("real CT volumes", cases.length + 1);
else
  describe("real chest CT series", () => {
    it.each(cases)("%s equals its series.json to the hash", async (name) => {
      const folder = join(shared, "data/lung_ct_boxes", name);
      const facts = JSON.parse(readFileSync(join(folder, "series.json"), "utf8")) as SeriesFacts;
      const files = readdirSync(join(folder, "dicom")).map((file) => join(folder, "dicom", file));
      const { series } = await describeSeries(files);
      const { slices, problems } = series[0]!;
      expect(problems).toEqual([]);
      expect(slices.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(facts.order.map(({ sop }) => sop));
      const volume = await readVolume(slices.map(({ file }) => file));
      expect(volume.data).toBeInstanceOf(Int16Array);
      expect(volumeHash(volume)).toBe(facts.sha256_int16_le_hu_volume);
      const [slicesThere, rows, columns] = facts.shape_zyx;
      expect(volume.shape).toEqual([columns, rows, slicesThere]);
      const [rowSpacing, columnSpacing] = facts.pixel_spacing_row_col_mm;
      expect(volume.spacing).toEqual([columnSpacing, rowSpacing, facts.spacing_z_computed_mm]);
      expect(volume.origin).toEqual(facts.origin_lps);
      expect(series[0]!.geometry).toEqual({ ...volume, data: undefined });
    });

    it("a tilted series of two thicknesses is described as what it is, and refused", async () => {
      const folder = join(shared, "data/tilted_ct/ge_head/dicom");
      const { series } = await describeSeries(readdirSync(folder).map((file) => join(folder, file)));
      expect(series[0]!.geometry).toBeUndefined();
      expect(series[0]!.problems.map(({ code }) => code)).toEqual([
        "DICOM_SLICES_MIXED",
        "DICOM_SPACING_UNEVEN",
        "DICOM_TILTED",
      ]);
      expect(series[0]!.problems[2]!.message).toContain("18.50 degrees");
    });
  });

describe("values of a volume", () => {
  it("are stored value * slope + intercept of each slice, slice after slice from feet to head", async () => {
    await withSeries(tenSlices(), async (paths) => {
      const { data, shape } = await readVolume(paths);
      expect(data).toBeInstanceOf(Int16Array);
      expect(shape).toEqual([6, 4, 10]);
      const perSlice = shape[0] * shape[1];
      expect(Array.from({ length: 10 }, (_, k) => data[k * perSlice])).toEqual(
        Array.from({ length: 10 }, (_, k) => k - 1024),
      );
    });
  });

  it("become float32 as a whole where one slice has another slope", async () => {
    const slices = tenSlices().map((slice) => ({ ...slice, value: 3 }));
    slices[8] = { ...slices[8]!, series: { rescaleSlope: 0.5 } };
    await withSeries(slices, async (paths) => {
      const { data } = await readVolume(paths);
      expect(data).toBeInstanceOf(Float32Array);
      expect(data[0]).toBe(-1021);
      expect(data[8 * 24]).toBe(-1022.5);
    });
  });

  it("become float32 where they don't fit int16", async () => {
    const slices = tenSlices().map((slice) => ({ ...slice, value: -32000 }));
    await withSeries(slices, async (paths) => {
      const { data } = await readVolume(paths);
      expect(data).toBeInstanceOf(Float32Array);
      expect(data[5]).toBe(-33024);
    });
  });
});

describe("a volume is refused with the file's name", () => {
  it("when a slice ends early", async () => {
    await withSeries(tenSlices(), async (paths) => {
      const bytes = readFileSync(paths[6]!);
      writeFileSync(paths[6]!, bytes.subarray(0, bytes.length - 1));
      await expect(readVolume(paths)).rejects.toMatchObject({ code: "DICOM_TRUNCATED", file: paths[6] });
    });
  });

  it("when a slice is missing", async () => {
    await withSeries(tenSlices(), async (paths) => {
      paths.splice(4, 1);
      await expect(readVolume(paths)).rejects.toMatchObject({ code: "DICOM_SLICE_MISSING", file: paths[3] });
    });
  });

  it("when a slice has another size", async () => {
    const slices = tenSlices();
    slices[9] = { ...slices[9]!, series: { rows: 8 } };
    await withSeries(slices, async (paths) => {
      await expect(readVolume(paths)).rejects.toMatchObject({ code: "DICOM_SLICES_MIXED", file: paths[9] });
    });
  });

  it("when a file is not there", async () => {
    await withSeries(tenSlices(), async (paths) => {
      const gone = paths[0]!.replace("s00", "s99");
      await expect(readVolume([...paths, gone])).rejects.toMatchObject({ code: "DOCUMENT_MISSING", file: gone });
    });
  });

  it("when the order is not ascending", async () => {
    await withSeries(tenSlices(), async (paths) => {
      await expect(readVolume([...paths].reverse())).rejects.toThrow(/not ascending/);
    });
  });
});
