/** Pictures to look at: a slice of a volume in a grey window, or a photograph, with findings drawn over it. Never an input of a model. */
import sharp from "sharp";
import { affineOf } from "../geometry/affine.js";
import type { Raster } from "./raster.js";
import type { Volume } from "./volume.js";

/** What is drawn: volumes in LPS millimetres, photographs in pixels (centre of the first pixel = 0, 0). */
export interface PreviewMark {
  shape: { circle: readonly number[]; diameter: number } | { min: readonly number[]; max: readonly number[] };
  /** CSS colour. */
  colour: string;
  /** Short text beside the mark. */
  caption?: string;
}

interface Drawing {
  x: number;
  y: number;
  halfWidth: number;
  halfHeight: number;
  round: boolean;
  mark: PreviewMark;
}

/**
 * PNG of slice `slice` of a volume. `window`: grey from level - width / 2 to level + width / 2, in the volume's values.
 * Marks that do not reach the slice are left out; a sphere is drawn as the circle in which the slice cuts it. `zoom` is a whole number.
 */
export async function renderSlice(
  volume: Volume,
  slice: number,
  options: { window: { level: number; width: number }; marks?: readonly PreviewMark[]; zoom?: number },
): Promise<Buffer> {
  const [columns, rows] = volume.shape;
  const { level, width } = options.window;
  const grey = new Uint8Array(columns * rows);
  const start = slice * columns * rows;
  for (let i = 0; i < grey.length; i++) {
    const share = (volume.data[start + i]! - (level - width / 2)) / width;
    grey[i] = Math.round(255 * Math.min(1, Math.max(0, share)));
  }
  const drawings = (options.marks ?? []).flatMap((mark) => inSlice(volume, slice, mark));
  return composed({ data: grey, columns, rows, channels: 1 }, drawings, options.zoom ?? 2);
}

/** PNG of a photograph with marks. */
export async function renderRaster(raster: Raster, marks: readonly PreviewMark[], zoom = 1): Promise<Buffer> {
  const drawings = marks.map((mark) => {
    const [low, high] = boundsOf(mark);
    return drawingOf([low[0]!, low[1]!], [high[0]!, high[1]!], mark);
  });
  const image = { data: raster.data, columns: raster.width, rows: raster.height, channels: 3 as const };
  return composed(image, drawings, zoom);
}

function boundsOf({ shape }: PreviewMark): [readonly number[], readonly number[]] {
  if ("min" in shape) return [shape.min, shape.max];
  const radius = shape.diameter / 2;
  return [shape.circle.map((value) => value - radius), shape.circle.map((value) => value + radius)];
}

function drawingOf(low: readonly [number, number], high: readonly [number, number], mark: PreviewMark): Drawing {
  return {
    x: (low[0] + high[0]) / 2,
    y: (low[1] + high[1]) / 2,
    halfWidth: Math.abs(high[0] - low[0]) / 2,
    halfHeight: Math.abs(high[1] - low[1]) / 2,
    round: "circle" in mark.shape,
    mark,
  };
}

function inSlice(volume: Volume, slice: number, mark: PreviewMark): Drawing[] {
  const { toVoxel } = affineOf(volume);
  if ("circle" in mark.shape) {
    const [x, y, z] = mark.shape.circle;
    const centre = toVoxel([x!, y!, z!]);
    const away = (centre[2] - slice) * volume.spacing[2];
    const radius = mark.shape.diameter / 2;
    // Thinner than the distance of slices, a sphere is shown on the slice nearest to it.
    const reaches = Math.abs(away) < radius || Math.round(centre[2]) === slice;
    if (!reaches) return [];
    const cut = Math.sqrt(Math.max(radius * radius - away * away, 1));
    const [dx, dy] = [cut / volume.spacing[0], cut / volume.spacing[1]];
    return [drawingOf([centre[0] - dx, centre[1] - dy], [centre[0] + dx, centre[1] + dy], mark)];
  }
  const { min, max } = mark.shape;
  const a = toVoxel([min[0]!, min[1]!, min[2]!]);
  const b = toVoxel([max[0]!, max[1]!, max[2]!]);
  const [low, high] = [Math.min(a[2], b[2]), Math.max(a[2], b[2])];
  if (slice < low - 0.5 || slice > high + 0.5) return [];
  return [drawingOf([Math.min(a[0], b[0]), Math.min(a[1], b[1])], [Math.max(a[0], b[0]), Math.max(a[1], b[1])], mark)];
}

async function composed(
  image: { data: Uint8Array; columns: number; rows: number; channels: 1 | 3 },
  drawings: readonly Drawing[],
  zoom: number,
): Promise<Buffer> {
  const { data, columns, rows, channels } = image;
  const [width, height] = [columns * zoom, rows * zoom];
  const base = sharp(data, { raw: { width: columns, height: rows, channels } })
    .toColourspace("srgb")
    .resize(width, height, { kernel: "nearest" });
  const shapes = drawings.map((drawing) => svgOf(drawing, zoom)).join("");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes}</svg>`;
  const overlay = drawings.length === 0 ? [] : [{ input: Buffer.from(svg) }];
  return base.composite(overlay).png().toBuffer();
}

function svgOf({ x, y, halfWidth, halfHeight, round, mark }: Drawing, zoom: number): string {
  // The centre of pixel i lies at i + 0.5 on the canvas.
  const [cx, cy] = [(x + 0.5) * zoom, (y + 0.5) * zoom];
  const [rx, ry] = [Math.max(halfWidth * zoom, 3), Math.max(halfHeight * zoom, 3)];
  const style = `fill="none" stroke="${escaped(mark.colour)}" stroke-width="1.5"`;
  const outline = round
    ? `<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${ry}" ${style}/>`
    : `<rect x="${cx - rx}" y="${cy - ry}" width="${2 * rx}" height="${2 * ry}" ${style}/>`;
  const caption =
    mark.caption === undefined
      ? ""
      : `<text x="${cx + rx + 3}" y="${cy - ry}" font-size="12" font-family="sans-serif" fill="${escaped(mark.colour)}">${escaped(mark.caption)}</text>`;
  return outline + caption;
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)!};`);
