/** Gate: what in a DICOM header (PS3.15 table E.1-1, the most telling elements) or in EXIF may still tell who the patient is. A screening, no proof of absence. */
import type { GateFinding } from "../../contract/case-index.js";
import type { DicomHeader } from "../../imaging/dicom/header.js";
import { text } from "../../imaging/dicom/values.js";
import { found } from "./gate.js";

const telling: Readonly<Record<string, number>> = {
  AccessionNumber: 0x00080050,
  InstitutionName: 0x00080080,
  InstitutionAddress: 0x00080081,
  ReferringPhysicianName: 0x00080090,
  PerformingPhysicianName: 0x00081050,
  OperatorsName: 0x00081070,
  PatientBirthDate: 0x00100030,
  OtherPatientIDs: 0x00101000,
  PatientAddress: 0x00101040,
  PatientTelephoneNumbers: 0x00102154,
  PatientComments: 0x00104000,
  ImageComments: 0x00204000,
  DeviceSerialNumber: 0x00181000,
};
const patientIdentityRemoved = 0x00120062;
const burnedInAnnotation = 0x00280301;

/** Findings about one file of a case, as a rule its first. Values are never repeated in the message. */
export function identifyingElements(header: DicomHeader, caseId: string, file: string): GateFinding[] {
  const valueOf = (tag: number): string => {
    const place = header.elements.get(tag);
    if (place === undefined || place.length <= 0 || place.length > 1024) return "";
    return header.data.toString("latin1", place.offset, place.offset + place.length).replace(/[\0 ]+$/g, "");
  };
  const findings: GateFinding[] = [];
  const stated = valueOf(patientIdentityRemoved).toUpperCase() === "YES";
  const names = Object.keys(telling).filter((name) => valueOf(telling[name] as number) !== "");
  const patientName = text(header, "PatientName");
  if (patientName !== undefined && patientName !== text(header, "PatientID") && !stated) names.unshift("PatientName");
  if (names.length > 0)
    findings.push(
      found("DEIDENTIFICATION", {
        cases: [caseId],
        files: [file],
        message: `filled in the header: ${names.join(", ")}`,
      }),
    );
  if (valueOf(burnedInAnnotation).toUpperCase() === "YES")
    findings.push(
      found("DEIDENTIFICATION", {
        cases: [caseId],
        files: [file],
        message: "the header says that text is burned into the image",
      }),
    );
  if (!stated)
    findings.push(
      found("DEIDENTIFICATION_UNSTATED", {
        cases: [caseId],
        files: [file],
        message: "the header does not say that the patient's identity was removed",
      }),
    );
  return findings;
}

/** Tags of EXIF's first directory: owner, artist, description, and the pointer to the GPS directory (EXIF 2.3, section 4.6). */
const exifTags: Readonly<Record<number, string>> = {
  0x010e: "ImageDescription",
  0x013b: "Artist",
  0x8825: "GPSInfo",
  0x9c9c: "XPComment",
  0xa430: "CameraOwnerName",
};

/** Findings about the EXIF block of a photograph, if it has one. */
export function identifyingExif(bytes: Buffer, caseId: string, file: string): GateFinding[] {
  const marker = bytes.subarray(0, 128 * 1024).indexOf("Exif\0\0", 0, "latin1");
  if (marker < 0) return [];
  const tiff = bytes.subarray(marker + 6);
  const little = tiff.toString("latin1", 0, 2) === "II";
  const u16 = (at: number) => (at + 2 > tiff.length ? 0 : little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const u32 = (at: number) => (at + 4 > tiff.length ? 0 : little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const directory = u32(4);
  const names: string[] = [];
  for (let entry = 0; entry < Math.min(u16(directory), 200); entry++) {
    const name = exifTags[u16(directory + 2 + entry * 12)];
    if (name !== undefined) names.push(name);
  }
  if (names.length === 0) return [];
  return [
    found("DEIDENTIFICATION", { cases: [caseId], files: [file], message: `in the EXIF block: ${names.join(", ")}` }),
  ];
}
