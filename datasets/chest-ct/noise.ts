/** Noise textures of reconstruction kernels: periodic tiles of band-passed white noise, and streaks across the shoulders. */
import { RandomStream, streamOf } from "../../src/stats/random.js";
import { exp } from "./elementary.js";

export const kernelClasses = ["soft", "standard", "sharp"] as const;
export type KernelClass = (typeof kernelClasses)[number];

/** Edge width in units of 0.8 pixel; noise at 1.25 mm and dose 1 in HU; the two widths of the band pass in pixels. */
export const kernelProperties: Readonly<
  Record<KernelClass, { readonly width: number; readonly sigmaHu: number; readonly band: readonly [number, number] }>
> = {
  soft: { width: 2, sigmaHu: 9, band: [1.15, 2.6] },
  standard: { width: 1.55, sigmaHu: 14, band: [0.85, 2] },
  sharp: { width: 1.05, sigmaHu: 34, band: [0.5, 1.1] },
};

export const tileSize = 512;
const tiles = new Map<string, Float32Array>();

/** White noise, nearly normal: sums of the four bytes of a random word (filtering makes it normal). */
function white(name: string): Float32Array {
  const random = new RandomStream(7n, streamOf("chest-ct", "noise", name));
  const field = new Float32Array(tileSize * tileSize);
  for (let i = 0; i < field.length; i++) {
    const word = random.u32();
    field[i] = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24) - 510;
  }
  return field;
}

/** Periodic Gaussian filter along rows and columns. */
function blur(field: Float32Array, sigma: number): Float32Array {
  const reach = Math.ceil(3 * sigma);
  const weights: number[] = [];
  let total = 0;
  for (let i = -reach; i <= reach; i++) {
    const w = exp(-(i * i) / (2 * sigma * sigma));
    weights.push(w);
    total += w;
  }
  let source = field;
  for (const stride of [1, tileSize]) {
    const result = new Float32Array(field.length);
    for (let row = 0; row < tileSize; row++) {
      for (let column = 0; column < tileSize; column++) {
        const along = stride === 1 ? column : row;
        const base = stride === 1 ? row * tileSize : column;
        let sum = 0;
        for (let i = -reach; i <= reach; i++) {
          sum += weights[i + reach]! * source[base + ((along + i) & (tileSize - 1)) * stride]!;
        }
        result[row * tileSize + column] = sum / total;
      }
    }
    source = result;
  }
  return source;
}

function unitVariance(field: Float32Array): Float32Array {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < field.length; i++) sum += field[i]!;
  const mean = sum / field.length;
  for (let i = 0; i < field.length; i++) squares += (field[i]! - mean) * (field[i]! - mean);
  const scale = 1 / Math.sqrt(squares / field.length);
  for (let i = 0; i < field.length; i++) field[i] = (field[i]! - mean) * scale;
  return field;
}

/** The noise tile of a kernel, unit variance. */
export function noiseTile(kernel: KernelClass): Float32Array {
  let tile = tiles.get(kernel);
  if (!tile) {
    const [narrow, wide] = kernelProperties[kernel].band;
    const field = white(kernel);
    const low = blur(field, wide);
    tile = blur(field, narrow);
    for (let i = 0; i < tile.length; i++) tile[i] = tile[i]! - 0.85 * low[i]!;
    tiles.set(kernel, unitVariance(tile));
  }
  return tile;
}

/** Horizontal streaks: a first-order autoregression (0.965) along rows, unit variance. */
export function streakTile(): Float32Array {
  let tile = tiles.get("streaks");
  if (!tile) {
    tile = white("streaks");
    for (let row = 0; row < tileSize; row++) {
      let state = 0;
      for (let turn = 0; turn < 2; turn++) {
        for (let column = 0; column < tileSize; column++) {
          const at = row * tileSize + column;
          state = 0.965 * state + (turn === 0 ? 0 : tile[at]!);
          if (turn === 1) tile[at] = state;
        }
      }
    }
    tiles.set("streaks", unitVariance(tile));
  }
  return tile;
}
