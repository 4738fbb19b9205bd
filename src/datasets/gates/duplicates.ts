/** Gate: the same image, or the same patient, under several names. */
import type { GateFinding, IndexedCase } from "../../contract/case-index.js";
import type { ExaminedCase } from "../examine.js";
import { found } from "./gate.js";

/** Groups of cases that share a key, in the order of the cases. */
function shared(
  cases: readonly IndexedCase[],
  keysOf: (indexed: IndexedCase, at: number) => readonly string[],
): { key: string; cases: IndexedCase[] }[] {
  const byKey = new Map<string, IndexedCase[]>();
  cases.forEach((indexed, at) => {
    for (const key of new Set(keysOf(indexed, at))) {
      const members = byKey.get(key);
      if (members) members.push(indexed);
      else byKey.set(key, [indexed]);
    }
  });
  return [...byKey].filter(([, members]) => members.length > 1).map(([key, members]) => ({ key, cases: members }));
}

const idsOf = (cases: readonly IndexedCase[]): string[] => cases.map(({ id }) => id);

/** Equal pixels, equal files, equal UIDs, and header patients that do not fit the declared ones. */
export function duplicates(cases: readonly IndexedCase[], examined: readonly ExaminedCase[]): GateFinding[] {
  const findings: GateFinding[] = [];
  const reported = new Set<string>();
  const reportImages = (groups: ReturnType<typeof shared>, what: string): void => {
    for (const group of groups) {
      const ids = idsOf(group.cases);
      if (reported.has(ids.join(" "))) continue;
      reported.add(ids.join(" "));
      const patients = new Set(group.cases.map(({ patient }) => patient));
      findings.push(
        found(patients.size > 1 ? "DUPLICATE_ACROSS_PATIENTS" : "DUPLICATE_WITHIN_PATIENT", {
          cases: ids,
          files: group.cases.map(({ files }) => files[0]?.path ?? ""),
          message: `${ids.join(", ")} (${patients.size} patients) ${what}`,
        }),
      );
    }
  };
  reportImages(
    shared(cases, ({ pixelHash }) => (pixelHash ? [pixelHash] : [])),
    "hold the same pixels",
  );
  reportImages(
    shared(cases, ({ files }) => files.map((file) => file.sha256)),
    "share a file of the same bytes",
  );
  for (const group of shared(cases, (_, at) => (examined[at]?.seriesUid ? [examined[at].seriesUid] : []))) {
    findings.push(
      found("UID_DUPLICATE", {
        cases: idsOf(group.cases),
        message: `${idsOf(group.cases).join(", ")} have the same Series Instance UID`,
      }),
    );
  }
  const slices = new Map<string, IndexedCase[]>();
  for (const group of shared(cases, (_, at) => examined[at]?.uids ?? []))
    slices.set(idsOf(group.cases).join(", "), group.cases);
  for (const [ids, members] of slices) {
    findings.push(found("UID_DUPLICATE", { cases: idsOf(members), message: `${ids} share SOP Instance UIDs` }));
  }
  cases.forEach((indexed, at) => {
    const uids = examined[at]?.uids ?? [];
    if (new Set(uids).size < uids.length)
      findings.push(
        found("UID_DUPLICATE", { cases: [indexed.id], message: `slices of ${indexed.id} share a SOP Instance UID` }),
      );
  });
  return [...findings, ...patientConflicts(cases, examined)];
}

function patientConflicts(cases: readonly IndexedCase[], examined: readonly ExaminedCase[]): GateFinding[] {
  const findings: GateFinding[] = [];
  for (const group of shared(cases, (_, at) => (examined[at]?.headerPatient ? [examined[at].headerPatient] : []))) {
    const patients = [...new Set(group.cases.map(({ patient }) => patient))];
    if (patients.length > 1)
      findings.push(
        found("PATIENT_CONFLICT", {
          cases: idsOf(group.cases),
          message: `one Patient ID in the headers, ${patients.length} patients in cases.csv: ${patients.join(", ")}`,
        }),
      );
  }
  const headers = new Map<string, Set<string>>();
  cases.forEach((indexed, at) => {
    const inHeader = examined[at]?.headerPatient;
    if (inHeader !== undefined) headers.set(indexed.patient, (headers.get(indexed.patient) ?? new Set()).add(inHeader));
  });
  for (const [patient, ids] of headers) {
    if (ids.size > 1)
      findings.push(
        found("PATIENT_CONFLICT", {
          cases: idsOf(cases.filter((indexed) => indexed.patient === patient)),
          message: `patient ${patient} of cases.csv has ${ids.size} Patient IDs in the headers`,
        }),
      );
  }
  return findings;
}
