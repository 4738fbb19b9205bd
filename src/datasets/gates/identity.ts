/** Gate: elements of a DICOM header that may still tell who the patient is (PS3.15 table E.1-1, the most telling ones). A screening, no proof of absence. */
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
