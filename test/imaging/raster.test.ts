import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { rasterHash, readRaster } from "../../src/imaging/raster.js";
import { noteMissing, sharedFolder } from "../shared.js";

const shared = sharedFolder();
const scratch = mkdtempSync(join(tmpdir(), "medassay-raster-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A 3 x 2 picture whose six pixels all differ. */
const six = Uint8Array.from([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180]);
const picture = (): Sharp => sharp(six, { raw: { width: 3, height: 2, channels: 3 } });

async function saved(name: string, bytes: Buffer | Promise<Buffer>): Promise<string> {
  const file = join(scratch, name);
  writeFileSync(file, await bytes);
  return file;
}

describe("a photograph", () => {
  it("as PNG gives its bytes, row by row, R G B", async () => {
    const file = await saved("plain.png", picture().png().toBuffer());
    expect(await readRaster(file)).toEqual({ width: 3, height: 2, channels: 3, data: Buffer.from(six) });
  });

  it("is turned as its EXIF orientation says (6: a quarter turn clockwise)", async () => {
    const file = await saved("turned.png", picture().withMetadata({ orientation: 6 }).png().toBuffer());
    const { width, height, data } = await readRaster(file);
    expect([width, height]).toEqual([2, 3]);
    // First row after the turn: the left column of the picture, from bottom to top.
    expect([...data.subarray(0, 6)]).toEqual([100, 110, 120, 10, 20, 30]);
  });

  it("keeps its stored numbers where a colour profile is embedded", async () => {
    const colour = sharp({ create: { width: 16, height: 16, channels: 3, background: { r: 184, g: 62, b: 57 } } });
    const bytes = await colour.withIccProfile("p3", { attach: true }).png().toBuffer();
    expect((await sharp(bytes).metadata()).hasProfile).toBe(true);
    // What the file stores, read with the profile struck out of it.
    const stored = await sharp(bytes).keepIccProfile().raw().toBuffer();
    const converted = await sharp(bytes).raw().toBuffer();
    expect(converted.equals(stored)).toBe(false);
    const { data } = await readRaster(await saved("p3.png", bytes));
    expect(Buffer.from(data).equals(stored)).toBe(true);
  });

  it("in grey, with a palette or with an opaque alpha channel becomes RGB", async () => {
    const grey = sharp(Uint8Array.from([0, 128, 255, 7]), { raw: { width: 2, height: 2, channels: 1 } });
    const greyFile = await saved("grey.png", grey.toColourspace("b-w").png().toBuffer());
    expect([...(await readRaster(greyFile)).data]).toEqual([0, 0, 0, 128, 128, 128, 255, 255, 255, 7, 7, 7]);
    const alphaFile = await saved("alpha.png", picture().ensureAlpha().png().toBuffer());
    expect([...(await readRaster(alphaFile)).data]).toEqual([...six]);
  });

  it("has one hash for the same pixels in two files, and another for a turned copy", async () => {
    const a = rasterHash(await readRaster(await saved("a.png", picture().png({ compressionLevel: 0 }).toBuffer())));
    const b = rasterHash(await readRaster(await saved("b.png", picture().png({ compressionLevel: 9 }).toBuffer())));
    const c = rasterHash(await readRaster(await saved("c.png", picture().rotate(180).png().toBuffer())));
    expect(b).toBe(a);
    expect(c).not.toBe(a);
  });
});

describe("a file is refused, by type and name", () => {
  const noise = (): Promise<Buffer> =>
    sharp({
      create: {
        width: 64,
        height: 64,
        channels: 3,
        background: "red",
        noise: { type: "gaussian", mean: 128, sigma: 30 },
      },
    })
      .jpeg()
      .toBuffer();

  it("a JPEG that ends early", async () => {
    const bytes = await noise();
    for (const share of [0.5, 0.9]) {
      const file = await saved("cut.jpg", bytes.subarray(0, Math.floor(bytes.length * share)));
      await expect(readRaster(file)).rejects.toMatchObject({ code: "RASTER_CORRUPT", file });
    }
  });

  it("a PNG with a damaged chunk", async () => {
    const bytes = await sharp(await noise())
      .png()
      .toBuffer();
    bytes.fill(0x55, bytes.length - 200, bytes.length - 100);
    const file = await saved("damaged.png", bytes);
    await expect(readRaster(file)).rejects.toMatchObject({ code: "RASTER_CORRUPT", file });
  });

  it.each([
    ["an SVG", "vector.svg", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ["a text named .png", "text.png", Buffer.from("not a picture at all")],
    ["an empty file", "empty.jpg", Buffer.alloc(0)],
  ])("%s", async (_, name, bytes) => {
    const file = await saved(name, bytes);
    await expect(readRaster(file)).rejects.toMatchObject({ code: "RASTER_UNSUPPORTED", file });
  });

  it("16 bits a channel, which would silently become 8", async () => {
    const wide = sharp(Uint16Array.from([0, 300, 60000, 9]), { raw: { width: 2, height: 2, channels: 1 } });
    const file = await saved("wide.png", wide.toColourspace("grey16").png().toBuffer());
    await expect(readRaster(file)).rejects.toMatchObject({ code: "RASTER_UNSUPPORTED", file });
  });

  it("transparent pixels, which have no colour", async () => {
    const clear = sharp({ create: { width: 4, height: 4, channels: 4, background: { r: 1, g: 2, b: 3, alpha: 0.5 } } });
    const file = await saved("clear.png", clear.png().toBuffer());
    await expect(readRaster(file)).rejects.toMatchObject({ code: "RASTER_UNSUPPORTED", file });
  });

  it("a file that is not there", async () => {
    const file = join(scratch, "none.png");
    await expect(readRaster(file)).rejects.toMatchObject({ code: "DOCUMENT_MISSING", file });
  });

  it("more pixels than the limit, before they are decoded", async () => {
    const bytes = await picture().png().toBuffer();
    const file = join(scratch, "large.png");
    // Width and height in the IHDR chunk; its check sum is wrong then, but the size is judged first or the file is damaged.
    bytes.writeUInt32BE(60_000, 16);
    bytes.writeUInt32BE(60_000, 20);
    writeFileSync(file, bytes);
    await expect(readRaster(file)).rejects.toMatchObject({ name: "MedassayError", file });
  });
});

if (shared === null) noteMissing("fundus photographs", 154);
else
  describe("real fundus photographs", () => {
    const folder = join(shared, "data/fundus_dr/images");
    it("154 files: two pairs show the same pixels", async () => {
      const names = readdirSync(folder).sort();
      expect(names).toHaveLength(154);
      const byHash = new Map<string, string[]>();
      for (const name of names) {
        const raster = await readRaster(join(folder, name));
        expect(raster.data).toHaveLength(raster.width * raster.height * 3);
        const hash = rasterHash(raster);
        byHash.set(hash, [...(byHash.get(hash) ?? []), name]);
      }
      expect([...byHash.values()].filter((same) => same.length > 1)).toEqual([
        ["P299_L.jpg", "P300_L.jpg"],
        ["P299_R.jpg", "P300_R.jpg"],
      ]);
      expect(readFileSync(join(folder, "P299_L.jpg")).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
    });
  });
