/** A nodule detector without learning, to compare with: bodies brighter than -450 HU inside the lungs, scored by compactness and size. */
import type { Finding } from "../../src/contract/finding.js";
import type { Grid } from "../../src/inference/operations/operation.js";

/** Grey value of -450 HU in the window -1000..400 to 0..255. */
const bright = (550 / 1400) * 255;
const reachVoxels = 5;

/** Candidates of a windowed 2 mm volume. */
export function thresholdBaseline(grid: Grid): Finding[] {
  const [nx, ny, nz] = grid.shape;
  const lung = closedLung(grid);
  const seen = new Uint8Array(grid.data.length);
  const queue = new Int32Array(grid.data.length);
  const findings: Finding[] = [];
  for (let seed = 0; seed < seen.length; seed++) {
    if (seen[seed] || lung[seed] === 0 || (grid.data[seed] as number) < bright) continue;
    let tail = 0;
    const visit = (at: number): void => {
      if (seen[at] || lung[at] === 0 || (grid.data[at] as number) < bright) return;
      seen[at] = 1;
      queue[tail++] = at;
    };
    visit(seed);
    const sum = [0, 0, 0];
    const low = [nx, ny, nz];
    const high = [0, 0, 0];
    for (let head = 0; head < tail; head++) {
      const at = queue[head] as number;
      const place = [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))];
      for (let axis = 0; axis < 3; axis++) {
        const p = place[axis] as number;
        sum[axis] = (sum[axis] as number) + p;
        low[axis] = Math.min(low[axis] as number, p);
        high[axis] = Math.max(high[axis] as number, p);
      }
      const [i, j, k] = place as [number, number, number];
      if (i > 0) visit(at - 1);
      if (i < nx - 1) visit(at + 1);
      if (j > 0) visit(at - nx);
      if (j < ny - 1) visit(at + nx);
      if (k > 0) visit(at - nx * ny);
      if (k < nz - 1) visit(at + nx * ny);
    }
    const diameterMm = 2 * Math.cbrt((3 * tail) / (4 * Math.PI)) * 2;
    if (diameterMm < 3 || diameterMm > 40) continue;
    const side = Math.max(...high.map((h, axis) => h - (low[axis] as number) + 1));
    const compactness = Math.min(1, (6 * tail) / (Math.PI * side * side * side));
    const center = sum.map((s, axis) => (grid.origin[axis] as number) + (2 * s) / tail);
    findings.push({
      id: `b${findings.length + 1}`,
      geometry: { type: "sphere", center, diameterMm },
      score: compactness * Math.min(1, diameterMm / 8),
    });
  }
  return findings;
}

/** Dark voxels (lung) closed by about 10 mm along each axis in turn, so that bodies inside the lungs belong to them. */
function closedLung(grid: Grid): Uint8Array {
  const strides = [1, grid.shape[0], grid.shape[0] * grid.shape[1]];
  const dark = new Uint8Array(grid.data.length);
  for (let i = 0; i < dark.length; i++) dark[i] = (grid.data[i] as number) < bright ? 1 : 0;
  const closed = new Uint8Array(dark);
  // A voxel is enclosed when dark voxels lie within reach on both sides along at least two axes.
  for (let at = 0; at < dark.length; at++) {
    if (dark[at]) continue;
    let enclosed = 0;
    for (let axis = 0; axis < 3; axis++) {
      const stride = strides[axis] as number;
      const n = grid.shape[axis] as number;
      const place = Math.floor(at / stride) % n;
      let before = false;
      let after = false;
      for (let r = 1; r <= reachVoxels; r++) {
        if (place - r >= 0 && dark[at - r * stride]) before = true;
        if (place + r < n && dark[at + r * stride]) after = true;
      }
      if (before && after) enclosed++;
    }
    if (enclosed >= 2) closed[at] = 1;
  }
  return closed;
}
