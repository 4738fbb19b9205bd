import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readDicomFile } from "../../src/imaging/dicom/header.js";
import { decodePixels, type PixelData } from "../../src/imaging/dicom/pixels.js";
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

describe("one slice in many transfer syntaxes", () => {
  const folder = join(shared ?? "", "data/transcoded_ct");
  const files =
    shared === null ? [] : (JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Transcoded[]);
  if (shared === null) noteMissing("transcoded DICOM files", 61);
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

describe("odd files", () => {
  const folder = join(shared ?? "", "data/odd_dicom");
  const files =
    shared === null ? [] : (JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as { files: Odd[] }).files;
  if (shared === null) noteMissing("odd DICOM pixels", 191);

  it.each(shared === null ? [] : [files])("decode to the hash on record, or are refused by type", async (...all) => {
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

describe("damaged streams", () => {
  it.each(shared === null ? [] : ["ct_u12_jls80.dcm"])(
    "%s with another height in its stream is refused",
    async (name) => {
      const bytes = readFileSync(join(shared!, "data/transcoded_ct", name));
      const marker = bytes.indexOf(Buffer.from([0xff, 0xf7]));
      bytes.writeUInt16BE(512, marker + 5);
      const file = join(scratch, "height.dcm");
      writeFileSync(file, bytes);
      await expect(decoded(file)).rejects.toMatchObject({ code: "DICOM_PIXELS_CORRUPT", file });
    },
  );

  it.each(shared === null ? [] : ["ct_u12_jls80.dcm"])(
    "%s overwritten in the middle is refused, and the next file reads",
    async (name) => {
      const source = join(shared!, "data/transcoded_ct", name);
      const bytes = readFileSync(source);
      bytes.fill(0, 20_000, 20_016);
      const file = join(scratch, "middle.dcm");
      writeFileSync(file, bytes);
      const before = hashOf(await decoded(source));
      await expect(decoded(file)).rejects.toMatchObject({ code: "DICOM_PIXELS_CORRUPT", file });
      expect(hashOf(await decoded(source))).toBe(before);
    },
  );
});
