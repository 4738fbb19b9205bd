/** Reads the header of a DICOM file: everything before the pixel data, from the first 64 KB where that is enough. */
import { close, fstat, open, read } from "node:fs";
import { promisify } from "node:util";
import { inflateRawSync } from "node:zlib";
import { fail } from "../../contract/errors.js";
import { failStorage } from "../../storage/errors.js";
import { looksExplicit, walkElements, type Elements, type Encoding, type WalkEnd } from "./walk.js";

const openFile = promisify(open);
const closeFile = promisify(close);
const statFile = promisify(fstat);
const readFile = promisify(read) as unknown as (
  fd: number,
  buffer: Buffer,
  offset: number,
  length: number,
  position: number,
) => Promise<{ bytesRead: number }>;

const firstRead = 64 * 1024;
/** Enhanced multi-frame headers reach 4 MB. */
const maxHeaderBytes = 16 * 1024 * 1024;
/** A whole file, and what a deflated data set may become. */
const maxFileBytes = 1024 * 1024 * 1024;
const maxInflatedBytes = 256 * 1024 * 1024;

export const transferSyntaxes = {
  implicit: "1.2.840.10008.1.2",
  explicit: "1.2.840.10008.1.2.1",
  deflated: "1.2.840.10008.1.2.1.99",
  bigEndian: "1.2.840.10008.1.2.2",
  rle: "1.2.840.10008.1.2.5",
  jpegLsLossless: "1.2.840.10008.1.2.4.80",
  jpegLsNear: "1.2.840.10008.1.2.4.81",
} as const;

export interface DicomHeader {
  file: string;
  /** Size of the file. */
  bytes: number;
  /** As declared, or as guessed where the file does not say. */
  transferSyntax: string;
  encoding: Encoding;
  elements: Elements;
  /** The bytes that `elements` points into, up to the pixel data. */
  data: Buffer;
  /**
   * Where the pixel data are: offset into the file (into the inflated data set where the syntax is deflated);
   * `length` -1: encapsulated.
   */
  pixels: { tag: number; vr: string; offset: number; length: number } | undefined;
  /** The file ends before its data do. */
  truncated: boolean;
  /** What was odd and could be read all the same. */
  warnings: string[];
}

/** A DICOM file in memory: its header, and the data set whose offsets the header's `pixels` counts in. */
export interface DicomFile {
  header: DicomHeader;
  dataSet: Buffer;
}

/**
 * Reads a file's header. Pixel data are not read.
 * Errors: DICOM_NOT_DICOM, DICOM_MALFORMED (with the offset), LIMIT_EXCEEDED. A file that ends early gives `truncated`.
 */
export async function readDicomHeader(file: string): Promise<DicomHeader> {
  const fd = await openFile(file, "r").catch((error: unknown) => failStorage(error, file, true));
  try {
    const { size } = await statFile(fd);
    for (let wanted = firstRead; ; wanted *= 4) {
      const buffer = await readUpTo(file, fd, Math.min(wanted, size));
      const found = parse(file, buffer, size);
      if (found !== "more") return detach(found.header);
      if (wanted >= maxHeaderBytes && !isDeflated(buffer)) {
        fail("LIMIT_EXCEEDED", `the DICOM header is larger than ${maxHeaderBytes} bytes`, { file });
      }
      if (wanted >= maxFileBytes) fail("LIMIT_EXCEEDED", `the file is larger than ${maxFileBytes} bytes`, { file });
    }
  } finally {
    await closeFile(fd);
  }
}

/** Reads a whole file, header and pixel data. Errors as {@link readDicomHeader}. */
export async function readDicomFile(file: string): Promise<DicomFile> {
  const fd = await openFile(file, "r").catch((error: unknown) => failStorage(error, file, true));
  try {
    const { size } = await statFile(fd);
    boundSize(file, size);
    return whole(file, await readUpTo(file, fd, size), size);
  } finally {
    await closeFile(fd);
  }
}

/** The same from bytes that were read already; the result points into them. `file` is named in errors. */
export function parseDicomFile(file: string, bytes: Buffer): DicomFile {
  boundSize(file, bytes.length);
  return whole(file, bytes, bytes.length);
}

function boundSize(file: string, size: number): void {
  if (size > maxFileBytes) fail("LIMIT_EXCEEDED", `the file has ${size} bytes, more than ${maxFileBytes}`, { file });
}

function whole(file: string, bytes: Buffer, size: number): DicomFile {
  const found = parse(file, bytes, size);
  return found === "more" ? fail("INTERNAL", "a whole file was not enough for its header", { file }) : found;
}

async function readUpTo(file: string, fd: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await readFile(fd, buffer, done, length - done, done).catch((error: unknown) =>
      failStorage(error, file, true),
    );
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}

/** Lets go of the bytes behind the header, so that a list of headers stays small. */
function detach(header: DicomHeader): DicomHeader {
  const used = header.pixels === undefined ? header.data.length : Math.min(header.pixels.offset, header.data.length);
  return { ...header, data: Buffer.from(header.data.subarray(0, used)) };
}

interface Start {
  /** Where the data set begins. */
  at: number;
  transferSyntax: string | undefined;
}

const isDeflated = (buffer: Buffer): boolean => {
  const start = readMeta(buffer);
  return start !== "more" && start?.transferSyntax === transferSyntaxes.deflated;
};

/** Finds the file meta information, or its absence (PS3.10 section 7.1; files without preamble or meta exist). */
function readMeta(buffer: Buffer): Start | "more" | undefined {
  let at = 0;
  if (buffer.length >= 132 && buffer.toString("latin1", 128, 132) === "DICM") at = 132;
  else if (buffer.length >= 4 && buffer.toString("latin1", 0, 4) === "DICM") at = 4;
  if (buffer.length < at + 8) return undefined;
  const group = buffer.readUInt16LE(at);
  if (group !== 2) {
    const plausible = (group <= 8 && group > 0) || group === 0x0800;
    return at > 0 || plausible ? { at, transferSyntax: undefined } : undefined;
  }
  const meta: Elements = new Map();
  const walked = walkElements(buffer, at, { implicit: false, bigEndian: false }, meta, 2);
  if (walked.end.kind === "short") return "more";
  const syntax = meta.get(0x00020010);
  return {
    at: walked.at,
    transferSyntax:
      syntax && buffer.toString("latin1", syntax.offset, syntax.offset + syntax.length).replace(/[\0 ]+$/, ""),
  };
}

function encodingOf(buffer: Buffer, start: Start, warnings: string[]): { encoding: Encoding; transferSyntax: string } {
  const { at } = start;
  const explicit = looksExplicit(buffer, at);
  if (start.transferSyntax === undefined || start.transferSyntax === "") {
    const bigEndian = buffer.length >= at + 2 && buffer.readUInt16LE(at) === 0x0800;
    const transferSyntax = bigEndian
      ? transferSyntaxes.bigEndian
      : explicit
        ? transferSyntaxes.explicit
        : transferSyntaxes.implicit;
    warnings.push(`no transfer syntax is declared; read as ${transferSyntax}`);
    return { encoding: { implicit: !explicit, bigEndian }, transferSyntax };
  }
  const declaredImplicit = start.transferSyntax === transferSyntaxes.implicit;
  if (declaredImplicit === explicit && buffer.length >= at + 8) {
    warnings.push(`the declared transfer syntax ${start.transferSyntax} does not fit the data set's encoding`);
  }
  const bigEndian = start.transferSyntax === transferSyntaxes.bigEndian;
  return { encoding: { implicit: !explicit, bigEndian }, transferSyntax: start.transferSyntax };
}

function parse(file: string, buffer: Buffer, size: number): DicomFile | "more" {
  const whole = buffer.length >= size;
  const warnings: string[] = [];
  if (size === 0) fail("DICOM_NOT_DICOM", "the file is empty", { file });
  const start = readMeta(buffer);
  if (start === undefined) fail("DICOM_NOT_DICOM", "the file does not begin as a DICOM file does", { file });
  if (start === "more") {
    return whole ? fail("DICOM_TRUNCATED", "the file ends inside its meta information", { file }) : "more";
  }
  let dataSet = buffer;
  if (start.transferSyntax === transferSyntaxes.deflated) {
    if (!whole) return "more";
    dataSet = inflate(file, buffer.subarray(start.at));
    start.at = 0;
  }
  const { encoding, transferSyntax } = encodingOf(dataSet, start, warnings);
  const elements: Elements = new Map();
  const { end } = walkElements(dataSet, start.at, encoding, elements);
  if (!whole && (end.kind === "end" || (end.kind === "short" && end.need <= size))) return "more";
  const header: DicomHeader = {
    file,
    bytes: size,
    transferSyntax,
    encoding,
    elements,
    data: dataSet,
    pixels: undefined,
    truncated: false,
    warnings,
  };
  finish(header, end, whole ? dataSet.length : size);
  if (elements.size === 0) fail("DICOM_NOT_DICOM", "the file holds no readable DICOM element", { file });
  return { header, dataSet };
}

/** Judges how the walk ended. `total`: bytes there are. */
function finish(header: DicomHeader, end: WalkEnd, total: number): void {
  const { file, elements, warnings } = header;
  if (end.kind === "pixels") {
    const place = elements.get(end.tag)!;
    header.pixels = { tag: end.tag, vr: place.vr, offset: place.offset, length: place.length };
    header.truncated = place.length >= 0 ? place.offset + place.length > total : place.offset >= total;
  } else if (end.kind === "short") {
    header.truncated = true;
    warnings.push(`the element at offset ${end.at} runs over the end of the file`);
  } else if (end.kind === "malformed") {
    if (elements.size === 0 || end.reason.includes("nested")) {
      fail("DICOM_MALFORMED", `${end.reason} (offset ${end.at})`, { file });
    }
    warnings.push(`${end.reason} (offset ${end.at}); read up to there`);
  }
}

function inflate(file: string, bytes: Buffer): Buffer {
  try {
    return inflateRawSync(bytes, { maxOutputLength: maxInflatedBytes });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ERR_BUFFER_TOO_LARGE") {
      fail("LIMIT_EXCEEDED", `the deflated data set is larger than ${maxInflatedBytes} bytes`, { file, cause });
    }
    if (code === "Z_BUF_ERROR") fail("DICOM_TRUNCATED", "the deflated data set ends early", { file, cause });
    return fail("DICOM_MALFORMED", "the deflated data set can't be inflated", { file, cause });
  }
}
