/** Files of a case to the sample that preprocessing takes. Each decoder is loaded only where its kind of case comes. */
import type { CaseFile } from "./messages.js";
import type { Grid, Raster, Sample } from "./operations/operation.js";

interface Reader {
  readonly read: (files: readonly CaseFile[]) => Promise<Sample>;
}

/** Volumes of Hounsfield units with their place in the patient. */
export async function volumes(): Promise<Reader> {
  const { readVolume } = await import("../imaging/volume.js");
  return {
    read: async (files) => {
      const { data, shape, spacing, direction, origin } = await readVolume(files.map((file) => file.path));
      const axis = (k: number) =>
        [direction[k], direction[3 + k], direction[6 + k]].map((d) => (d as number) * (spacing[k] as number)) as [
          number,
          number,
          number,
        ];
      const grid: Grid = {
        kind: "grid",
        data: data instanceof Float32Array ? data : Float32Array.from(data),
        shape,
        origin,
        axes: [axis(0), axis(1), axis(2)],
      };
      return grid;
    },
  };
}

/** Photographs, 0..255, after EXIF orientation. */
export async function pictures(): Promise<Reader> {
  const { readRaster } = await import("../imaging/raster.js");
  return {
    read: async (files) => {
      const { width, height, channels, data } = await readRaster((files[0] as CaseFile).path);
      const raster: Raster = { kind: "raster", data: Float32Array.from(data), width, height, channels };
      return raster;
    },
  };
}
