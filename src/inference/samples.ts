/** Files of a case to the sample that preprocessing takes. Each file is read once: what is decoded is what was hashed. Each decoder is loaded only where its kind of case comes. */
import type { CaseFile } from "./messages.js";
import type { Grid, Raster, Sample } from "./operations/operation.js";

export interface Reader {
  /** `bytesOf` gives the bytes of a file, checked against the index; they hold until it is called again. */
  readonly read: (files: readonly CaseFile[], bytesOf: (file: CaseFile) => Buffer) => Promise<Sample>;
}

/** Volumes of Hounsfield units with their place in the patient. */
export async function volumes(): Promise<Reader> {
  const { readVolume } = await import("../imaging/volume.js");
  const { parseDicomFile } = await import("../imaging/dicom/header.js");
  return {
    read: async (files, bytesOf) => {
      const byPath = new Map(files.map((file) => [file.path, file]));
      const { data, shape, spacing, direction, origin } = await readVolume(
        files.map((file) => file.path),
        (path) => parseDicomFile(path, bytesOf(byPath.get(path) as CaseFile)),
      );
      const axis = (k: number) =>
        [direction[k], direction[3 + k], direction[6 + k]].map((d) => (d as number) * (spacing[k] as number)) as [
          number,
          number,
          number,
        ];
      const grid: Grid = { kind: "grid", data, shape, origin, axes: [axis(0), axis(1), axis(2)] };
      return grid;
    },
  };
}

/** Photographs, 0..255, after EXIF orientation. */
export async function pictures(): Promise<Reader> {
  const { readRaster } = await import("../imaging/raster.js");
  return {
    read: async ([file], bytesOf) => {
      const { path } = file as CaseFile;
      const { width, height, channels, data } = await readRaster(path, bytesOf(file as CaseFile));
      const raster: Raster = { kind: "raster", data: new Float32Array(data), width, height, channels };
      return raster;
    },
  };
}
