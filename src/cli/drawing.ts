/** Draws findings on the image of a case: on the slice of the first finding, or on the photograph. */
import type { IndexedCase } from "../contract/case-index.js";
import type { Finding } from "../contract/finding.js";
import { affineOf } from "../geometry/affine.js";
import { centreOf, diameterOf } from "../geometry/finding-geometry.js";
import { renderRaster, renderSlice, type PreviewMark } from "../imaging/preview.js";
import { readRaster } from "../imaging/raster.js";
import { readVolume } from "../imaging/volume.js";
import { resolveInside } from "../storage/paths.js";

/** Findings without a size are drawn as circles of this diameter, mm or pixels. */
const pointDiameter = 8;

function markOf(finding: Finding): PreviewMark {
  const { geometry, score } = finding;
  const shape =
    geometry.type === "box"
      ? { min: geometry.min, max: geometry.max }
      : { circle: centreOf(geometry), diameter: diameterOf(geometry) || pointDiameter };
  return { shape, colour: "#ffe14d", ...(score === undefined ? {} : { caption: score.toFixed(2) }) };
}

/** PNG of a case with its findings, the first one in view. */
export async function drawMarks(
  dataset: string,
  indexed: IndexedCase,
  findings: readonly Finding[],
  window: { level: number; width: number },
): Promise<Buffer> {
  const files = await Promise.all(indexed.files.map(({ path }) => resolveInside(dataset, path)));
  const marks = findings.map(markOf);
  if (indexed.kind === "image") return renderRaster(await readRaster(files[0] as string), marks);
  const volume = await readVolume(files);
  const [first] = findings;
  const middle = Math.floor(volume.shape[2] / 2);
  const [x = 0, y = 0, z = 0] = first ? centreOf(first.geometry) : [];
  const slice = first ? Math.round(affineOf(volume).toVoxel([x, y, z])[2]) : middle;
  const inside = Math.min(volume.shape[2] - 1, Math.max(0, slice));
  return renderSlice(volume, inside, { window, marks, zoom: 2 });
}
