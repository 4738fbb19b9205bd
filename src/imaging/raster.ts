/** Photographs: JPEG and PNG to RGB exactly as libjpeg-turbo and libpng decode them, EXIF orientation applied, colour profile not. */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import sharp, { type Metadata, type Sharp } from "sharp";
import { fail } from "../contract/errors.js";
import { failStorage } from "../storage/errors.js";

export interface Raster {
  width: number;
  height: number;
  channels: 3;
  /** Row by row, R G B. Index (y * width + x) * 3 + channel. */
  data: Uint8Array;
}

const maxFileBytes = 256 * 1024 * 1024;
const maxPixels = 120_000_000;

// Files of one name may be replaced between runs, and photographs are read once: a cache only costs memory.
sharp.cache(false);

/**
 * Reads a JPEG or PNG with 8 bits a channel. `bytes`: the file's, where they were read already.
 * Errors: RASTER_UNSUPPORTED, RASTER_CORRUPT, LIMIT_EXCEEDED.
 */
export async function readRaster(path: string, bytes?: Buffer): Promise<Raster> {
  const { image, metadata } = await openRaster(path, bytes);
  const { data, info } = await image
    // The stored numbers: without this a profile would be applied.
    .keepIccProfile()
    .autoOrient()
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => failRaster(path, cause));
  const pixels = info.width * info.height;
  if (data.length !== pixels * info.channels) fail("RASTER_CORRUPT", "the decoder gave too few bytes", { file: path });
  if (metadata.hasAlpha === true && !isOpaque(data, info.channels)) {
    fail("RASTER_UNSUPPORTED", "the image has transparent pixels", { file: path });
  }
  const rgb = info.channels === 3 ? data : firstThree(data, info.channels, pixels);
  return { width: info.width, height: info.height, channels: 3, data: rgb };
}

/** SHA-256 of the decoded RGB bytes with their size: equal for two files that show the same pixels. */
export function rasterHash({ width, height, data }: Raster): string {
  return createHash("sha256").update(`${width} ${height} 3\n`).update(data).digest("hex");
}

async function openRaster(path: string, given?: Buffer): Promise<{ image: Sharp; metadata: Metadata }> {
  const bytes = given ?? (await readBounded(path));
  boundSize(path, bytes.length);
  const kind = kindOf(bytes);
  if (kind === undefined) fail("RASTER_UNSUPPORTED", "the file is neither JPEG nor PNG", { file: path });
  const image = sharp(bytes, { failOn: "warning", limitInputPixels: maxPixels });
  const metadata = await image.metadata().catch((cause: unknown) => failRaster(path, cause));
  if (metadata.depth !== "uchar") {
    fail("RASTER_UNSUPPORTED", `${metadata.depth} samples; only 8 bits a channel are read`, { file: path });
  }
  if (metadata.space === "cmyk") fail("RASTER_UNSUPPORTED", "a CMYK image", { file: path });
  return { image, metadata };
}

async function readBounded(path: string): Promise<Buffer> {
  const handle = await open(path, "r").catch((error: unknown) => failStorage(error, path, true));
  try {
    boundSize(path, (await handle.stat()).size);
    return await handle.readFile().catch((error: unknown) => failStorage(error, path, true));
  } finally {
    await handle.close();
  }
}

function boundSize(path: string, size: number): void {
  if (size > maxFileBytes)
    fail("LIMIT_EXCEEDED", `the image file is larger than ${maxFileBytes} bytes`, { file: path });
}

/** By magic bytes: what else libvips could open (SVG, PDF, TIFF ...) never reaches it. */
function kindOf(bytes: Buffer): "jpeg" | "png" | undefined {
  if (bytes.length > 3 && bytes.readUIntBE(0, 3) === 0xffd8ff) return "jpeg";
  if (bytes.length > 8 && bytes.toString("latin1", 0, 8) === "\x89PNG\r\n\x1a\n") return "png";
  return undefined;
}

function failRaster(path: string, cause: unknown): never {
  const message = cause instanceof Error ? cause.message.split("\n")[0]! : String(cause);
  if (/pixel limit/i.test(message))
    fail("LIMIT_EXCEEDED", `the image has more than ${maxPixels} pixels`, { file: path });
  if (/unsupported|precision/i.test(message)) fail("RASTER_UNSUPPORTED", message, { file: path, cause });
  return fail("RASTER_CORRUPT", message, { file: path, cause });
}

function isOpaque(data: Uint8Array, channels: number): boolean {
  for (let at = channels - 1; at < data.length; at += channels) if (data[at] !== 255) return false;
  return true;
}

/** RGB from grey (1), grey and alpha (2) or RGBA (4). */
function firstThree(data: Uint8Array, channels: number, pixels: number): Uint8Array {
  const out = new Uint8Array(3 * pixels);
  const [green, blue] = channels >= 3 ? [1, 2] : [0, 0];
  for (let pixel = 0; pixel < pixels; pixel++) {
    out[3 * pixel] = data[channels * pixel]!;
    out[3 * pixel + 1] = data[channels * pixel + green]!;
    out[3 * pixel + 2] = data[channels * pixel + blue]!;
  }
  return out;
}
