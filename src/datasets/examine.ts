/** Reads the image of a case once: hashes, geometry, attributes, identifiers, and what is wrong with it. */
import { webcrypto } from "node:crypto";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Attribute, GateFinding, IndexedCase } from "../contract/case-index.js";
import { fail, MedassayError, type ErrorCode } from "../contract/errors.js";
import { readDicomFile, type DicomHeader } from "../imaging/dicom/header.js";
import { describeSeries } from "../imaging/dicom/series.js";
import { text } from "../imaging/dicom/values.js";
import { rasterHash, readRaster } from "../imaging/raster.js";
import { failStorage } from "../storage/errors.js";
import { sha256 } from "../storage/hashing.js";
import { resolveInside } from "../storage/paths.js";
import type { TaskProfile } from "../tasks/profile.js";
import type { CaseRow } from "./cases.js";
import { identifyingElements, identifyingExif } from "./gates/identity.js";
import { found } from "./gates/gate.js";

const maxFilesOfCase = 20_000;

export interface ExaminedCase {
  readonly image: Pick<IndexedCase, "kind" | "files" | "geometry" | "size" | "pixelHash">;
  readonly attributes: Record<string, Attribute>;
  readonly findings: GateFinding[];
  /** Instance UIDs of the slices, UID of the series, patient's id in the header. */
  readonly uids: readonly string[];
  readonly seriesUid: string | undefined;
  readonly headerPatient: string | undefined;
}

const nothing = { uids: [], seriesUid: undefined, headerPatient: undefined };

/** Examines one case. Whatever is wrong with the image becomes a finding. @throws STORAGE_* only */
export async function examineCase(folder: string, row: CaseRow, kind: TaskProfile["imageKind"]): Promise<ExaminedCase> {
  if (row.image === undefined) return { image: { kind: "none", files: [] }, attributes: {}, findings: [], ...nothing };
  const failed = (
    code: ErrorCode | "IMAGE_MISSING" | "IMAGE_EMPTY" | "IMAGE_NOT_READ",
    message: string,
    files: string[],
  ): ExaminedCase => ({
    image: { kind, files: [] },
    attributes: {},
    findings: [found(code, { cases: [row.id], files, message })],
    ...nothing,
  });
  if (kind === "none") return failed("IMAGE_NOT_READ", "recordings of this task are not read", [row.image]);
  try {
    const files = await filesOf(await resolveInside(folder, row.image));
    if (files.length === 0) return failed("IMAGE_EMPTY", `the folder ${row.image} holds no file`, [row.image]);
    return kind === "volume" ? await examineSeries(folder, row, files) : await examinePhotograph(folder, row, files);
  } catch (error) {
    if (!(error instanceof MedassayError) || error.exit === 74) throw error;
    if (error.code === "DOCUMENT_MISSING") return failed("IMAGE_MISSING", `${row.image} does not exist`, [row.image]);
    return failed(error.code, error.message, [row.image]);
  }
}

const inFolder = (folder: string, file: string): string => relative(folder, file).split(sep).join("/");

/** Plain files below a path, sorted; hidden ones (leading dot) are left out. @throws PATH_UNSAFE, LIMIT_EXCEEDED */
async function filesOf(path: string): Promise<string[]> {
  const files: string[] = [];
  const visit = async (at: string, depth: number): Promise<void> => {
    const stats = await lstat(at).catch((error: unknown) => failStorage(error, at, true));
    if (stats.isFile()) files.push(at);
    else if (!stats.isDirectory()) fail("PATH_UNSAFE", `${at} is a link or no plain file`, { file: at });
    else if (depth > 8) fail("LIMIT_EXCEEDED", `${path} is nested more than 8 deep`, { file: path });
    else for (const name of await readdir(at)) if (!name.startsWith(".")) await visit(join(at, name), depth + 1);
    if (files.length > maxFilesOfCase)
      fail("LIMIT_EXCEEDED", `${path} holds more than ${maxFilesOfCase} files`, { file: path });
  };
  await visit(path, 0);
  return files.sort();
}

interface ReadSlice {
  readonly bytes: number;
  readonly sha256: string;
  /** Of the stored pixel data, as they lie in the file. */
  readonly pixels: string | undefined;
}

/** SHA-256 on another thread. */
async function digest(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest("SHA-256", bytes)).toString("hex");
}

async function examineSeries(folder: string, row: CaseRow, files: readonly string[]): Promise<ExaminedCase> {
  const read = new Map<string, ReadSlice>();
  let first: DicomHeader | undefined;
  const readOnce = async (file: string): Promise<DicomHeader> => {
    const { header, dataSet } = await readDicomFile(file);
    const whole = header.bytes === dataSet.length ? dataSet : await readFile(file);
    const { offset = 0, length = 0 } = header.pixels ?? {};
    const pixels = header.pixels && dataSet.subarray(offset, length < 0 ? dataSet.length : offset + length);
    const [hash, pixelHash] = await Promise.all([digest(whole), pixels && digest(pixels)]);
    read.set(file, { bytes: whole.length, sha256: hash, pixels: pixelHash });
    // Only what lies before the pixels is kept: a thousand headers are small, a thousand files are not.
    const kept = { ...header, data: Buffer.from(header.data.subarray(0, header.pixels?.offset ?? header.data.length)) };
    first ??= kept;
    return kept;
  };
  const { series, problems } = await describeSeries(files, readOnce);
  const findings = [...problems, ...series.flatMap((each) => each.problems)].map((problem) =>
    found(problem.code, {
      cases: [row.id],
      files: problem.files.map((file) => inFolder(folder, file)),
      message: problem.message,
      severity: problem.severity,
    }),
  );
  const main = series[0];
  if (main === undefined || main.slices.length === 0) {
    if (!findings.some(({ severity }) => severity === "error"))
      findings.push(
        found("IMAGE_EMPTY", { cases: [row.id], files: [row.image ?? ""], message: "no DICOM slice was found" }),
      );
    return { image: { kind: "volume", files: [] }, attributes: {}, findings, ...nothing };
  }
  if (series.length > 1) {
    findings.push(
      found("DICOM_SERIES_MIXED", {
        cases: [row.id],
        files: series.map(({ slices }) => inFolder(folder, slices[0]?.file ?? "")),
        message: `${series.length} series lie in ${row.image}`,
      }),
    );
  }
  const slices = main.slices.map(({ file }) => ({ file, ...(read.get(file) as ReadSlice) }));
  if (first) findings.push(...identifyingElements(first, row.id, inFolder(folder, first.file)));
  return {
    image: {
      kind: "volume",
      files: slices.map((slice) => ({ path: inFolder(folder, slice.file), bytes: slice.bytes, sha256: slice.sha256 })),
      ...(main.geometry ? { geometry: main.geometry } : {}),
      // Of the stored pixel data slice by slice: the same for a copy under other headers, names or UIDs.
      pixelHash: sha256(slices.map(({ pixels }) => pixels ?? "").join("\n")),
    },
    attributes: {
      ...main.attributes,
      ...(main.geometry
        ? { imageWidth: computed(main.geometry.shape[0]), imageHeight: computed(main.geometry.shape[1]) }
        : {}),
    },
    findings,
    uids: main.slices.map(({ sopInstanceUid }) => sopInstanceUid).filter((uid) => uid !== ""),
    seriesUid: main.seriesInstanceUid,
    headerPatient: first && text(first, "PatientID"),
  };
}

const computed = (value: number): Attribute => ({ value, origin: "computed" });

async function examinePhotograph(folder: string, row: CaseRow, files: readonly string[]): Promise<ExaminedCase> {
  const [file] = files;
  if (file === undefined || files.length > 1)
    fail("RASTER_UNSUPPORTED", `${row.image} holds ${files.length} files where one photograph was expected`);
  const bytes = await readFile(file).catch((error: unknown) => failStorage(error, file, true));
  const raster = await readRaster(file);
  return {
    image: {
      kind: "image",
      files: [{ path: inFolder(folder, file), bytes: bytes.length, sha256: await digest(bytes) }],
      size: [raster.width, raster.height],
      pixelHash: rasterHash(raster),
    },
    attributes: { imageWidth: computed(raster.width), imageHeight: computed(raster.height) },
    findings: identifyingExif(bytes, row.id, inFolder(folder, file)),
    ...nothing,
  };
}
