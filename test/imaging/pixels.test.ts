import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readDicomFile } from "../../src/imaging/dicom/header.js";
import { decodePixels, type PixelData } from "../../src/imaging/dicom/pixels.js";
import { decodeRle } from "../../src/imaging/dicom/rle.js";
import { noteMissing, sharedFolder } from "../shared.js";

const shared = sharedFolder();
const scratch = mkdtempSync(join(tmpdir(), "medassay-pixels-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const decoded = async (file: string): Promise<PixelData> => decodePixels(await readDicomFile(file));

const hashOf = ({ values }: PixelData): string =>
  createHash("sha256")
    .update(Buffer.from(values.buffer, values.byteOffset, values.byteLength))
    .digest("hex");

/** Native, RLE and JPEG-LS. */
const readable = new Set([
  "1.2.840.10008.1.2",
  "1.2.840.10008.1.2.1",
  "1.2.840.10008.1.2.1.99",
  "1.2.840.10008.1.2.2",
  "1.2.840.10008.1.2.5",
  "1.2.840.10008.1.2.4.80",
  "1.2.840.10008.1.2.4.81",
]);

interface Transcoded {
  file: string;
  transferSyntax: string;
  sha256?: string;
  expect?: "error";
  frames: number;
  rows: number;
  cols: number;
  spp: number;
}

if (shared === null) noteMissing("transcoded DICOM files", 61);
else
  describe("one slice in many transfer syntaxes", () => {
    const folder = join(shared, "data/transcoded_ct");
    const files = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Transcoded[];
    const whole = files.filter((entry) => entry.expect !== "error");

    it.each(whole.filter((entry) => readable.has(entry.transferSyntax)))("$file is exact", async (entry) => {
      const pixels = await decoded(join(folder, entry.file));
      expect(pixels).toMatchObject({ frames: entry.frames, rows: entry.rows, columns: entry.cols, samples: entry.spp });
      expect(hashOf(pixels)).toBe(entry.sha256);
    });

    it.each(whole.filter((entry) => !readable.has(entry.transferSyntax)))(
      "$file is refused by the name of its transfer syntax",
      async (entry) => {
        await expect(decoded(join(folder, entry.file))).rejects.toMatchObject({
          code: "DICOM_TRANSFER_SYNTAX_UNSUPPORTED",
          message: expect.stringContaining(entry.transferSyntax) as string,
        });
      },
    );

    it.each(files.filter((entry) => entry.expect === "error"))("$file is refused", async (entry) => {
      const code = readable.has(entry.transferSyntax) ? "DICOM_TRUNCATED" : "DICOM_TRANSFER_SYNTAX_UNSUPPORTED";
      const file = join(folder, entry.file);
      await expect(decoded(file)).rejects.toMatchObject({ code, file });
    });

    it.each(whole.filter((entry) => readable.has(entry.transferSyntax) && entry.frames === 1))(
      "$file, cut anywhere, is refused",
      async (entry) => {
        const bytes = readFileSync(join(folder, entry.file));
        for (const share of [0.5, 0.8, 0.95, 0.999]) {
          const file = join(scratch, entry.file);
          writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length * share)));
          await expect(decoded(file)).rejects.toMatchObject({ name: "MedassayError", file });
        }
      },
    );
  });

interface Odd {
  file: string;
  transfer_syntax: string | null;
  sha256_pixels?: string;
}

if (shared === null) noteMissing("odd DICOM pixels", 191);
else
  describe("odd files", () => {
    const folder = join(shared, "data/odd_dicom");
    const { files: all } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as { files: Odd[] };

    it("decode to the hash on record, or are refused by type", async () => {
      const wrong: string[] = [];
      const refused: Record<string, number> = {};
      let exact = 0;
      for (const { file, sha256_pixels } of all) {
        try {
          const hash = hashOf(await decoded(join(folder, file)));
          if (hash === sha256_pixels) exact += 1;
          else if (sha256_pixels !== undefined) wrong.push(file);
        } catch (error) {
          const { code } = error as { code?: string };
          if (code === undefined || !code.startsWith("DICOM_")) wrong.push(`${file}: ${String(error)}`);
          else if (sha256_pixels !== undefined) refused[code] = (refused[code] ?? 0) + 1;
        }
      }
      expect(wrong).toEqual([]);
      // The rest: 64 in JPEG, JPEG 2000 and HTJ2K, and one of uncompressed YBR_FULL_422.
      expect(exact).toBe(126);
      expect(refused).toEqual({ DICOM_TRANSFER_SYNTAX_UNSUPPORTED: 64, DICOM_PIXELS_UNSUPPORTED: 1 });
    });
  });

if (shared === null) noteMissing("damaged JPEG-LS streams", 2);
else
  describe("damaged streams", () => {
    const source = join(shared, "data/transcoded_ct/ct_u12_jls80.dcm");

    it("with another height in the stream than in the header are refused", async () => {
      const bytes = readFileSync(source);
      const marker = bytes.indexOf(Buffer.from([0xff, 0xf7]));
      bytes.writeUInt16BE(512, marker + 5);
      const file = join(scratch, "height.dcm");
      writeFileSync(file, bytes);
      await expect(decoded(file)).rejects.toMatchObject({ code: "DICOM_PIXELS_CORRUPT", file });
    });

    it("overwritten in the middle are refused, and the next file reads", async () => {
      const bytes = readFileSync(source);
      bytes.fill(0, 20_000, 20_016);
      const file = join(scratch, "middle.dcm");
      writeFileSync(file, bytes);
      const before = hashOf(await decoded(source));
      await expect(decoded(file)).rejects.toMatchObject({ code: "DICOM_PIXELS_CORRUPT", file });
      expect(hashOf(await decoded(source))).toBe(before);
    });
  });

describe("RLE", () => {
  /** A header of `offsets.length` segments, then the segments' bytes. */
  const frame = (offsets: number[], body: number[]): Buffer => {
    const header = Buffer.alloc(64);
    [offsets.length, ...offsets].forEach((value, index) => header.writeUInt32LE(value, 4 * index));
    return Buffer.concat([header, Buffer.from(body)]);
  };

  it("joins byte planes, most significant first, of literal and repeated runs", () => {
    // Four pixels: high bytes 1 1 1 1 as a run of 257 - 253, low bytes 5 6 7 8 as they are; 128 does nothing.
    const bytes = decodeRle("f", frame([64, 66], [253, 1, 128, 3, 5, 6, 7, 8]), 4, 1, 2);
    expect([...bytes]).toEqual([5, 1, 6, 1, 7, 1, 8, 1]);
  });

  it("gives colour by pixel", () => {
    const bytes = decodeRle("f", frame([64, 66, 68], [255, 10, 255, 20, 1, 30, 31]), 2, 3, 1);
    expect([...bytes]).toEqual([10, 20, 30, 10, 20, 31]);
  });

  it.each([
    ["another number of segments than byte planes", frame([64], [3, 1, 2, 3, 4]), "DICOM_PIXELS_CORRUPT"],
    ["a segment one byte short", frame([64, 66], [253, 1, 2, 5, 6, 7]), "DICOM_TRUNCATED"],
    ["a literal run over the end", frame([64, 66], [253, 1, 3, 5, 6]), "DICOM_TRUNCATED"],
    ["segments that overlap", frame([66, 64], [253, 1, 253, 1]), "DICOM_PIXELS_CORRUPT"],
    ["a segment behind the end", frame([64, 9999], [253, 1]), "DICOM_TRUNCATED"],
    ["no header", Buffer.alloc(10), "DICOM_TRUNCATED"],
  ])("is refused with %s", (_, bytes, code) => {
    const error = expect.objectContaining({ code, file: "f" }) as Error;
    expect(() => decodeRle("f", bytes, 4, 1, 2)).toThrowError(error);
  });

  it("is refused before memory is taken where it could never fill its image", () => {
    const error = expect.objectContaining({ code: "DICOM_TRUNCATED" }) as Error;
    expect(() => decodeRle("f", frame([64], [253, 1]), 1_000_000_000, 1, 1)).toThrowError(error);
  });
});
