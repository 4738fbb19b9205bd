/** Values of header elements, decoded when asked for: text, numbers in text (DS, IS), binary numbers (US, SS, FD ...). */
import { fail } from "../../contract/errors.js";
import type { DicomHeader } from "./header.js";
import { decodeText } from "./text.js";

/** Tags that medassay reads, by their keyword in PS3.6. */
const tags = {
  SpecificCharacterSet: 0x00080005,
  ImageType: 0x00080008,
  SOPClassUID: 0x00080016,
  SOPInstanceUID: 0x00080018,
  StudyDate: 0x00080020,
  SeriesDate: 0x00080021,
  AcquisitionDate: 0x00080022,
  Modality: 0x00080060,
  Manufacturer: 0x00080070,
  ManufacturerModelName: 0x00081090,
  PatientName: 0x00100010,
  PatientID: 0x00100020,
  PatientBirthDate: 0x00100030,
  PatientSex: 0x00100040,
  PatientAge: 0x00101010,
  ContrastBolusAgent: 0x00180010,
  SliceThickness: 0x00180050,
  KVP: 0x00180060,
  Exposure: 0x00181152,
  ConvolutionKernel: 0x00181210,
  StudyInstanceUID: 0x0020000d,
  SeriesInstanceUID: 0x0020000e,
  AcquisitionNumber: 0x00200012,
  InstanceNumber: 0x00200013,
  ImagePositionPatient: 0x00200032,
  ImageOrientationPatient: 0x00200037,
  FrameOfReferenceUID: 0x00200052,
  SamplesPerPixel: 0x00280002,
  PhotometricInterpretation: 0x00280004,
  PlanarConfiguration: 0x00280006,
  NumberOfFrames: 0x00280008,
  Rows: 0x00280010,
  Columns: 0x00280011,
  PixelSpacing: 0x00280030,
  BitsAllocated: 0x00280100,
  BitsStored: 0x00280101,
  HighBit: 0x00280102,
  PixelRepresentation: 0x00280103,
  RescaleIntercept: 0x00281052,
  RescaleSlope: 0x00281053,
} as const;
export type TagName = keyof typeof tags;

const maxTextBytes = 64 * 1024;

function bytesOf(header: DicomHeader, name: TagName): Buffer | undefined {
  const place = header.elements.get(tags[name]);
  if (place === undefined || place.length <= 0) return undefined;
  return header.data.subarray(place.offset, place.offset + Math.min(place.length, maxTextBytes));
}

const trimmed = (text: string): string => text.replace(/^[\0\s]+|[\0\s]+$/g, "");

/** All values of a text element, trimmed; empty where the element is absent or empty. */
export function texts(header: DicomHeader, name: TagName): string[] {
  const bytes = bytesOf(header, name);
  if (bytes === undefined) return [];
  const plain = bytes.every((byte) => byte < 0x80 && byte !== 0x1b);
  const declared = plain || name === "SpecificCharacterSet" ? [] : texts(header, "SpecificCharacterSet");
  const all = trimmed(decodeText(bytes, declared));
  return all === "" ? [] : all.split("\\").map(trimmed);
}

/** The first value of a text element; undefined where there is none. */
export function text(header: DicomHeader, name: TagName): string | undefined {
  const value = texts(header, name)[0];
  return value === "" ? undefined : value;
}

const decimalForm = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * All values of a DS or IS element; empty where it is absent. Strict (`1,5`, `NaN`, `inf` are refused), but long forms, leading zeros and `2.0` in an IS are read.
 * Errors: DICOM_VALUE_INVALID.
 */
export function numbers(header: DicomHeader, name: TagName): number[] {
  return texts(header, name).map((part) => {
    const value = decimalForm.test(part) ? Number(part) : NaN;
    return Number.isFinite(value)
      ? value
      : fail("DICOM_VALUE_INVALID", `${name} holds ${JSON.stringify(part.slice(0, 32))} where a number was expected`, {
          file: header.file,
        });
  });
}

/** The first value of a DS or IS element, or undefined. Errors as {@link numbers}. */
export const number = (header: DicomHeader, name: TagName): number | undefined => numbers(header, name)[0];

/** An element that describes the image only: its first number, or undefined where it is absent or unreadable (then with a warning). */
export function numberIfReadable(header: DicomHeader, name: TagName): number | undefined {
  const part = text(header, name);
  if (part === undefined) return undefined;
  const value = decimalForm.test(part) ? Number(part) : NaN;
  if (Number.isFinite(value)) return value;
  header.warnings.push(`${name} is not a number`);
  return undefined;
}

/** A US (or SS, read as unsigned) element, or undefined. */
export function unsigned(header: DicomHeader, name: TagName): number | undefined {
  const bytes = bytesOf(header, name);
  if (bytes === undefined || bytes.length < 2) return undefined;
  return header.encoding.bigEndian ? bytes.readUInt16BE(0) : bytes.readUInt16LE(0);
}
