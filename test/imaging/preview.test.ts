import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { renderRaster, renderSlice } from "../../src/imaging/preview.js";
import type { Volume } from "../../src/imaging/volume.js";

/** 40 x 30 x 5 voxels of 1 x 2 x 3 mm at -500 HU. */
const volume: Volume = {
  shape: [40, 30, 5],
  spacing: [1, 2, 3],
  direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  origin: [100, 0, -50],
  data: new Int16Array(40 * 30 * 5).fill(-500),
};
const window = { level: -500, width: 1000 };

/** True at [x, y] where the picture is coloured, not grey. */
async function coloured(png: Buffer): Promise<{ at: (x: number, y: number) => boolean; any: boolean; width: number }> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const isColoured = (pixel: number): boolean => {
    const rgb = [...data.subarray(3 * pixel, 3 * pixel + 3)];
    return Math.max(...rgb) - Math.min(...rgb) > 60;
  };
  let any = false;
  for (let pixel = 0; pixel < info.width * info.height; pixel++) any ||= isColoured(pixel);
  return { at: (x, y) => isColoured(y * info.width + x), any, width: info.width };
}

describe("a slice drawn", () => {
  it("maps the window's level to middle grey", async () => {
    const { data } = await sharp(await renderSlice(volume, 2, { window }))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(Math.abs(data[0]! - 128)).toBeLessThanOrEqual(1);
  });

  it("shows a sphere where its patient coordinates say, cut by the slice", async () => {
    // Centre at voxel [20, 15, 2]: LPS 120, 30, -44; 10 mm are 10 columns, but 5 rows.
    const marks = [{ shape: { circle: [120, 30, -44], diameter: 10 }, colour: "#ff0000" }];
    const on = await coloured(await renderSlice(volume, 2, { window, marks, zoom: 4 }));
    expect(on.width).toBe(160);
    const centre = [4 * 20.5, 4 * 15.5] as const;
    expect(on.at(centre[0] + 20, centre[1])).toBe(true);
    expect(on.at(centre[0], centre[1] + 10)).toBe(true);
    expect(on.at(centre[0], centre[1])).toBe(false);
    const off = await coloured(await renderSlice(volume, 4, { window, marks, zoom: 4 }));
    expect(off.any).toBe(false);
  });

  it("shows a box on the slices that it reaches only", async () => {
    const marks = [{ shape: { min: [105, 10, -47.5], max: [115, 40, -43.5] }, colour: "#00ff00", caption: "<b>" }];
    const edge = await coloured(await renderSlice(volume, 1, { window, marks, zoom: 2 }));
    expect(edge.at(2 * 5.5, 2 * 15)).toBe(true);
    expect((await coloured(await renderSlice(volume, 0, { window, marks }))).any).toBe(false);
  });
});

describe("a photograph drawn", () => {
  it("shows a circle in its pixels", async () => {
    const raster = { width: 50, height: 40, channels: 3 as const, data: new Uint8Array(50 * 40 * 3).fill(90) };
    const marks = [{ shape: { circle: [20, 20], diameter: 20 }, colour: "#ff0000" }];
    const drawn = await coloured(await renderRaster(raster, marks));
    expect(drawn.at(30, 20)).toBe(true);
    expect(drawn.at(20, 20)).toBe(false);
  });
});
