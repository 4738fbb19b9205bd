import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { describeSeries, type SeriesDescription } from "../../src/imaging/dicom/series.js";
import { uidFromName } from "../../src/imaging/dicom/write.js";
import { plainSeries, tenSlices, withSeries, type SliceSpec } from "./phantom-series.js";

/** The only series among the slices, its files by their names. */
const described = (slices: readonly SliceSpec[]): Promise<SeriesDescription> =>
  withSeries(slices, async (paths) => {
    const { series, problems } = await describeSeries(paths);
    expect(problems).toEqual([]);
    expect(series).toHaveLength(1);
    return series[0]!;
  });

const found = ({ problems }: SeriesDescription): { code: string; severity: string; files: string[] }[] =>
  problems.map(({ code, severity, files }) => ({ code, severity, files: files.map((file) => basename(file)) }));

const names = (series: SeriesDescription): string[] => series.slices.map(({ file }) => basename(file));

describe("a series without faults", () => {
  it("is ordered by position, whatever the order of files and instance numbers", async () => {
    const series = await described([...tenSlices()].reverse());
    expect(found(series)).toEqual([]);
    expect(names(series)).toEqual(tenSlices().map(({ name }) => name));
  });

  it("has a geometry in the order column, row, slice", async () => {
    const { geometry } = await described(tenSlices());
    expect(geometry).toEqual({
      shape: [6, 4, 10],
      spacing: [0.7, 0.8, 2.5],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
      origin: [-10, -20, 100],
    });
  });

  it("ascends along row x column, which for a coronal series points to the front (-y in LPS)", async () => {
    const coronal = { orientation: [1, 0, 0, 0, 0, -1] as const };
    const slices = Array.from({ length: 5 }, (_, index) => ({
      name: `c${index}.dcm`,
      position: [0, 10 * index, 50] as const,
      series: coronal,
    }));
    const series = await described(slices);
    expect(series.geometry?.direction).toEqual([1, 0, 0, 0, 0, 1, 0, -1, 0]);
    expect(names(series)[0]).toBe("c0.dcm");
  });

  it("has the attributes of the contract, each with its origin", async () => {
    const { attributes, modality, patientId } = await described(tenSlices());
    expect({ modality, patientId }).toEqual({ modality: "CT", patientId: "P001" });
    expect(attributes).toEqual({
      manufacturer: { value: "GE", origin: "header" },
      manufacturerRaw: { value: "GE MEDICAL SYSTEMS", origin: "header" },
      model: { value: "LightSpeed VCT", origin: "header" },
      sliceThicknessMm: { value: 2.5, origin: "header" },
      sliceSpacingMm: { value: 2.5, origin: "computed" },
      pixelSpacingMm: { value: 0.8, origin: "header" },
      kernel: { value: "BONE", origin: "header" },
      kvp: { value: 120, origin: "header" },
      exposureMas: { value: 100, origin: "header" },
      sex: { value: "F", origin: "header" },
      ageYears: { value: 61, origin: "header" },
      acquisitionYear: { value: 2023, origin: "header" },
    });
  });

  it("may have a spacing that is not its thickness, and positions rounded to two decimals", async () => {
    const slices = tenSlices().map((slice, index) => ({
      ...slice,
      position: [-10, -20, Math.round(100 * (100 + 0.625 * index)) / 100] as const,
      series: { sliceThicknessMm: 1.25 },
    }));
    const series = await described(slices);
    expect(found(series)).toEqual([]);
    expect(series.attributes.sliceThicknessMm?.value).toBe(1.25);
    expect(series.attributes.sliceSpacingMm?.value).toBeCloseTo(0.625, 2);
  });
});

describe("faults of a series name the files", () => {
  it("a missing slice: its two neighbours, and no geometry", async () => {
    const slices = tenSlices();
    slices.splice(4, 1);
    const series = await described(slices);
    expect(found(series)).toEqual([{ code: "DICOM_SLICE_MISSING", severity: "error", files: ["s03.dcm", "s05.dcm"] }]);
    expect(series.geometry).toBeUndefined();
  });

  it("a slice that is there twice: both files, one of them kept", async () => {
    const slices = tenSlices();
    slices.push({ ...slices[4]!, name: "s04-copy.dcm" });
    const series = await described(slices);
    expect(found(series)).toEqual([
      { code: "DICOM_SLICE_DUPLICATE", severity: "error", files: ["s04-copy.dcm", "s04.dcm"] },
    ]);
    expect(series.slices).toHaveLength(10);
    expect(series.geometry?.spacing[2]).toBe(2.5);
  });

  it("two phases in one series: all files", async () => {
    const slices = [...tenSlices(), ...tenSlices().map((slice) => ({ ...slice, name: `late-${slice.name}` }))];
    const series = await described(slices);
    expect(series.problems).toMatchObject([{ code: "DICOM_SLICE_DUPLICATE", severity: "error" }]);
    expect(series.problems[0]!.files).toHaveLength(20);
    expect(series.problems[0]!.message).toContain("20 slices at 10 positions");
  });

  it.each([
    ["another size", { rows: 8, columns: 8 }, /Rows or Columns/],
    ["another orientation", { orientation: [0, 1, 0, 0, 0, -1] as const }, /Image Orientation/],
    ["another pixel spacing", { spacingMm: [0.7, 0.9] as const }, /Pixel Spacing/],
    ["another kernel", { kernel: "STANDARD" }, /Convolution Kernel/],
    ["another thickness", { sliceThicknessMm: 5 }, /Slice Thickness/],
    ["another frame of reference", { frameOfReferenceUid: uidFromName("elsewhere") }, /Frame of Reference/],
  ])("a slice of %s", async (_, other, message) => {
    const slices = tenSlices();
    slices[7] = { ...slices[7]!, series: other };
    const series = await described(slices);
    const mixed = series.problems.filter(({ code }) => code === "DICOM_SLICES_MIXED");
    expect(mixed).toHaveLength(1);
    expect(mixed[0]!.severity).toBe("error");
    expect(mixed[0]!.message).toMatch(message);
    expect(mixed[0]!.files.map((file) => basename(file))).toEqual(["s07.dcm"]);
  });

  it("uneven distances: the slices beside them", async () => {
    const slices = tenSlices();
    slices[6] = { ...slices[6]!, position: [-10, -20, 115.9] };
    const series = await described(slices);
    expect(found(series)).toEqual([
      { code: "DICOM_SPACING_UNEVEN", severity: "error", files: ["s05.dcm", "s06.dcm", "s07.dcm"] },
    ]);
    expect(series.geometry).toBeUndefined();
    expect(series.attributes.sliceSpacingMm).toBeUndefined();
  });

  it("a slice moved sideways", async () => {
    const slices = tenSlices();
    slices[6] = { ...slices[6]!, position: [-12, -20, 115] };
    expect(found(await described(slices))).toEqual([
      { code: "DICOM_SPACING_UNEVEN", severity: "error", files: ["s06.dcm"] },
    ]);
  });

  it("gantry tilt: a warning, and the true, sheared affine", async () => {
    const sheared = tenSlices().map((slice, index) => ({
      ...slice,
      position: [-10, -20 + 1.5 * index, 100 + 2 * index] as const,
    }));
    const series = await described(sheared);
    expect(series.problems.map(({ code, severity }) => ({ code, severity }))).toEqual([
      { code: "DICOM_TILTED", severity: "warning" },
    ]);
    // Steps of (0, 1.5, 2): 2.5 mm long, 2 mm along the normal.
    expect(series.geometry?.spacing[2]).toBeCloseTo(2.5, 9);
    expect(series.geometry?.direction[5]).toBeCloseTo(0.6, 9);
    expect(series.geometry?.direction[8]).toBeCloseTo(0.8, 9);
    expect(series.attributes.sliceSpacingMm?.value).toBeCloseTo(2, 9);
  });

  it("files that end early", async () => {
    await withSeries(tenSlices(), async (paths) => {
      const bytes = readFileSync(paths[3]!);
      writeFileSync(paths[3]!, bytes.subarray(0, bytes.length - 10));
      const { series } = await describeSeries(paths);
      expect(series[0]!.problems).toMatchObject([{ code: "DICOM_TRUNCATED", severity: "error", files: [paths[3]] }]);
    });
  });
});

describe("a folder of several things", () => {
  it("gives one description a series", async () => {
    const other = { seriesInstanceUid: uidFromName("another series"), kernel: "STANDARD" };
    const slices = [
      ...tenSlices(),
      ...tenSlices().map((slice) => ({ ...slice, name: `b-${slice.name}`, series: other })),
    ];
    await withSeries(slices, async (paths) => {
      const { series } = await describeSeries(paths);
      expect(series.map(({ slices: members }) => members.length)).toEqual([10, 10]);
      expect(series.map(({ attributes }) => attributes.kernel?.value).sort()).toEqual(["BONE", "STANDARD"]);
      expect(series.every(({ problems }) => problems.length === 0)).toBe(true);
    });
  });

  it("names files that are no DICOM: an error where they claim to be", async () => {
    await withSeries(tenSlices(), async (paths) => {
      const note = `${paths[0]!}.txt`;
      const empty = paths[0]!.replace("s00", "empty");
      writeFileSync(note, "A note about this series.");
      writeFileSync(empty, "");
      const { series, problems } = await describeSeries([...paths, note, empty]);
      expect(series[0]!.problems).toEqual([]);
      expect(problems).toMatchObject([
        { code: "DICOM_NOT_DICOM", severity: "warning", files: [note] },
        { code: "DICOM_NOT_DICOM", severity: "error", files: [empty] },
      ]);
    });
  });

  it("keeps the UIDs that were written", async () => {
    const series = await described(tenSlices());
    expect(series.seriesInstanceUid).toBe(plainSeries.seriesInstanceUid);
    expect(series.studyInstanceUid).toBe(plainSeries.studyInstanceUid);
    expect(series.slices[0]!.sopInstanceUid).toBe(uidFromName("s00.dcm"));
  });
});
