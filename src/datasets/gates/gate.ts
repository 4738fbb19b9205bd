/** What the quality gates can find: codes with severity and remedy. Codes of unreadable images are those of the error table. */
import type { GateFinding } from "../../contract/case-index.js";
import { errorTable, type ErrorCode } from "../../contract/errors.js";

const table = {
  IMAGE_MISSING: ["error", "Put the image where cases.csv says, or correct the path."],
  IMAGE_EMPTY: ["error", "Put the series' files into the folder."],
  IMAGE_NOT_READ: ["error", "Leave the column image of cases.csv empty: recordings of this task are not read."],
  IMAGE_UNUSED: ["warning", "Remove the files, or name them in cases.csv."],
  DUPLICATE_ACROSS_PATIENTS: ["error", "Find out which patient the image belongs to and remove the other case."],
  DUPLICATE_WITHIN_PATIENT: ["warning", "Remove one of the cases, unless both are meant."],
  UID_DUPLICATE: ["error", "Give each image its own UID, or remove the copy."],
  PATIENT_CONFLICT: ["warning", "Compare patient_id in cases.csv with the headers: clusters depend on it."],
  SITE_NOT_IN_CARD: ["warning", "List the site in dataset.yaml, or correct site_id."],
  ATTRIBUTE_DIFFERS: ["warning", "Correct cases.csv; the header's value is used."],
  THICKNESS_DIFFERS: ["info", "Slices overlap or leave gaps; strata use the spacing."],
  DEIDENTIFICATION: ["warning", "De-identify the files (DICOM PS3.15 annex E) before anybody else sees them."],
  DEIDENTIFICATION_UNSTATED: ["info", "Let the de-identifier write (0012,0062) Patient Identity Removed = YES."],
  REFERENCE_JOIN: ["error", "Each case needs one line in the reference, and no line may name another case."],
  READINGS_JOIN: ["error", "Correct the line in readings.jsonl."],
  READINGS_INCOMPLETE: [
    "warning",
    "Each reader needs a line for each round of the case, also where nothing was marked.",
  ],
  ARBITER_IS_READER: ["error", "The arbiter of a case must be somebody else than its readers."],
  ANNOTATION_OUTSIDE: ["error", "Correct the coordinates (patient millimetres LPS; photographs: pixels)."],
  REFERENCE_ABSENT: ["info", "Run `medassay adjudicate`, or import the reference."],
  COMPOSITION: ["warning", "Add cases, or narrow what the report claims."],
  WAIVER_UNUSED: ["warning", "Remove the waiver from dataset.yaml."],
} as const satisfies Record<string, readonly [GateFinding["severity"], string]>;

type GateCode = keyof typeof table;

/** How many files a finding names; the message says how many there are. */
const namedFiles = 20;

/** A finding of a gate; severity and remedy come from the table unless given. */
export function found(
  code: GateCode | ErrorCode,
  what: {
    cases?: readonly string[];
    files?: readonly string[];
    message: string;
    severity?: GateFinding["severity"];
  },
): GateFinding {
  const own: readonly [GateFinding["severity"], string] | undefined =
    code in table ? table[code as GateCode] : undefined;
  return {
    code,
    severity: what.severity ?? own?.[0] ?? "error",
    cases: [...(what.cases ?? [])],
    files: (what.files ?? []).slice(0, namedFiles),
    message: what.message,
    remedy: own?.[1] ?? errorTable[code as ErrorCode].remedy,
  };
}
