/** Small CT series on disk for tests of stacking: each slice is one value, its place in the list. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ctSeriesWriter, uidFromName, type CtSeries, type CtSlice } from "../../src/imaging/dicom/write.js";

export const plainSeries: CtSeries = {
  patientId: "P001",
  sex: "F",
  ageYears: 61,
  studyInstanceUid: uidFromName("study"),
  seriesInstanceUid: uidFromName("series"),
  frameOfReferenceUid: uidFromName("frame"),
  acquisitionYear: 2023,
  manufacturer: "GE MEDICAL SYSTEMS",
  model: "LightSpeed VCT ",
  softwareVersion: "1.0",
  kernel: "BONE",
  kvp: 120,
  tubeCurrentMa: 200,
  exposureTimeMs: 500,
  exposureMas: 100,
  sliceThicknessMm: 2.5,
  rows: 4,
  columns: 6,
  spacingMm: [0.7, 0.8],
  rescaleIntercept: -1024,
};

export interface SliceSpec {
  name: string;
  position: CtSlice["position"];
  series?: Partial<CtSeries>;
  value?: number;
}

/** Ten slices, 2.5 mm apart, named s00 (feet) to s09 (head). */
export const tenSlices = (): SliceSpec[] =>
  Array.from({ length: 10 }, (_, index) => ({
    name: `s${String(index).padStart(2, "0")}.dcm`,
    position: [-10, -20, 100 + 2.5 * index] as const,
    value: index,
  }));

/** Writes the slices into a new folder and hands their paths, in the order given, to `use`; the folder is removed after it. */
export async function withSeries<T>(slices: readonly SliceSpec[], use: (paths: string[]) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "medassay-series-"));
  try {
    const paths = slices.map(({ name, position, series, value }, index) => {
      const whole = { ...plainSeries, ...series };
      const pixels = new Int16Array(whole.rows * whole.columns).fill(value ?? 0);
      const path = join(folder, name);
      // Numbered from head to feet, as many scanners do: who sorts by it gets the volume upside down.
      const slice = { sopInstanceUid: uidFromName(name), instanceNumber: slices.length - index, position };
      ctSeriesWriter(whole)(path, slice, pixels);
      return path;
    });
    return await use(paths);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
