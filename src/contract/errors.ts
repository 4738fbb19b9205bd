/** Every error code of medassay with its exit code and what it means. The docs page of codes is generated from this table. */

/** Exit codes of the command line, see `docs/exit-codes.md`. */
export const exitCodes = {
  done: 0,
  negative: 1,
  usage: 2,
  gate: 3,
  submission: 4,
  verification: 5,
  undetermined: 6,
  fault: 70,
  storage: 74,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

interface ErrorDefinition {
  exit: ExitCode;
  /** What happened, in one sentence. */
  meaning: string;
  /** What to do about it, in one sentence. */
  remedy: string;
}

const define = <T extends Record<string, ErrorDefinition>>(table: T): T => table;

/** One table; sections follow the rooms. A new code is one line here. */
export const errorTable = define({
  // contract
  DOCUMENT_INVALID: {
    exit: 2,
    meaning: "A document does not follow its schema.",
    remedy: "Correct the place named in the message; `medassay init` writes a commented template.",
  },
  DOCUMENT_MISSING: { exit: 2, meaning: "A document that is needed is not there.", remedy: "Check the path." },
  DOCUMENT_SYNTAX: {
    exit: 2,
    meaning: "A document is not valid YAML, JSON or JSON Lines.",
    remedy: "Correct the line named in the message.",
  },
  USAGE: {
    exit: 2,
    meaning: "The call is not one that the command understands.",
    remedy: "See `medassay <command> --help`.",
  },
  TASK_UNKNOWN: {
    exit: 2,
    meaning: "There is no task profile of that name.",
    remedy: "Use one of the tasks listed by `medassay init --help`.",
  },
  METRIC_UNKNOWN: {
    exit: 2,
    meaning: "A protocol names a metric that does not exist.",
    remedy: "Use the names of docs/metrics.md.",
  },
  GRADE_UNKNOWN: {
    exit: 2,
    meaning: "A reference or an answer holds a grade that is not on the task's scale.",
    remedy: "Use the grades of the task profile.",
  },
  // evaluation
  RUN_INCOMPLETE: {
    exit: 2,
    meaning: "A run has not ended, or a submission of it was refused.",
    remedy: "Call `medassay run` again with the same folder.",
  },
  RUN_DATASET_CHANGED: {
    exit: 5,
    meaning: "The test set changed after the run.",
    remedy: "Restore the set, or run again on the changed one.",
  },
  SUBMISSION_NOT_IN_RUN: {
    exit: 2,
    meaning: "The run holds no submission of that name.",
    remedy: "Use one of the names in run.json.",
  },
  PREDICTIONS_CHANGED: {
    exit: 5,
    meaning: "predictions.jsonl is not the file that the run wrote.",
    remedy: "Restore the run folder from a copy, or run again.",
  },
  PREDICTION_UNKNOWN_CASE: {
    exit: 2,
    meaning: "A prediction names a case that is not in the test set.",
    remedy: "Check the ids; leading zeros and blanks count.",
  },
  PREDICTION_SCORE_MISSING: {
    exit: 2,
    meaning: "A mark of a detection product has no score.",
    remedy:
      "Give every mark a score; where the product has none, the same one for all, and declare it as the threshold.",
  },
  PREDICTION_DUPLICATE: { exit: 2, meaning: "A case is predicted twice.", remedy: "Give one line a case." },
  PREDICTION_ABSENT: {
    exit: 2,
    meaning: "A case has no prediction.",
    remedy: "Give a line for every case; in a detection task the protocol may say `absentCases: no-findings`.",
  },
  TRUTH_INCOMPLETE: {
    exit: 2,
    meaning: "Reference and index don't hold the same cases.",
    remedy: "Run `medassay adjudicate` and `medassay check` again.",
  },
  SIGNAL_UNDESCRIBED: {
    exit: 2,
    meaning: "A record has no sampling frequency or no length, so that its events can't be placed.",
    remedy: "Give the columns samplingHz and durationS in cases.csv and run `medassay check` again.",
  },
  SUBMISSION_TASK: {
    exit: 4,
    meaning: "The submission is for another task than the protocol.",
    remedy: "Submit to a test set of the same task.",
  },
  CRITERION_UNKNOWN: {
    exit: 2,
    meaning: "A criterion names a metric or stratum that the protocol does not compute.",
    remedy: "Add it to `metrics` or `strata` of the protocol.",
  },
  // storage
  STORAGE_FULL: {
    exit: 74,
    meaning: "The disk is full or a quota is reached.",
    remedy: "Free space and run the same command again; nothing is lost.",
  },
  STORAGE_NOT_WRITABLE: {
    exit: 74,
    meaning: "A file or folder can't be written.",
    remedy: "Check permissions and mounts.",
  },
  STORAGE_READ_FAILED: { exit: 74, meaning: "A file can't be read.", remedy: "Check permissions and the disk." },
  PATH_UNSAFE: {
    exit: 2,
    meaning: "A path leaves its folder, is a link, or holds forbidden characters.",
    remedy: "Use relative paths with `/` that stay inside the folder.",
  },
  ARCHIVE_UNSAFE: {
    exit: 2,
    meaning: "An archive holds entries that are not plain files inside its folder, or too much.",
    remedy: "Make the archive again from a clean folder.",
  },
  LIMIT_EXCEEDED: {
    exit: 2,
    meaning: "An input is larger than the limit for its kind.",
    remedy: "Check the file; limits are listed in docs/limits.md.",
  },
  JOURNAL_CORRUPT: {
    exit: 5,
    meaning: "A journal holds a damaged line before its end.",
    remedy: "Restore the run folder from a copy or start the run in a new folder.",
  },
  LOG_CHAIN_BROKEN: {
    exit: 5,
    meaning: "A log was edited or cut: its hash chain does not hold.",
    remedy: "Restore the log from a copy; the set's custody is in question.",
  },
  DECRYPT_FAILED: {
    exit: 2,
    meaning: "The truth can't be opened with this key.",
    remedy: "Use the identity that belongs to a recipient in seal.json.",
  },
  // stats
  STATISTICS_ARGUMENT: {
    exit: 2,
    meaning: "An argument of a statistics function is outside its domain.",
    remedy: "Correct the argument named in the message.",
  },
  CERTIFICATION_CASE: {
    exit: 70,
    meaning: "A reference case of the package names a function that does not exist.",
    remedy: "Install the package again; if it persists, report it.",
  },
  // geometry
  MASK_INVALID: {
    exit: 2,
    meaning: "Shape, spacing, connectivity and voxels (or run lengths) of a mask do not fit together.",
    remedy: "Correct what the message names.",
  },
  // imaging
  DICOM_NOT_DICOM: {
    exit: 3,
    meaning: "A file is not DICOM.",
    remedy: "Take the file out of the folder, or export it again.",
  },
  DICOM_MALFORMED: { exit: 3, meaning: "A DICOM file can't be parsed.", remedy: "Export the file again." },
  DICOM_TRUNCATED: {
    exit: 3,
    meaning: "A DICOM file or its pixel data end early.",
    remedy: "Copy the file again from its source.",
  },
  DICOM_VALUE_INVALID: {
    exit: 3,
    meaning: "A DICOM element that is needed is absent or can't be understood.",
    remedy: "Correct the element at the source, or leave the case out.",
  },
  DICOM_TRANSFER_SYNTAX_UNSUPPORTED: {
    exit: 3,
    meaning: "The pixel data are compressed in a way that can't be read.",
    remedy: "Convert the file without loss to Explicit VR Little Endian.",
  },
  DICOM_PIXELS_UNSUPPORTED: {
    exit: 3,
    meaning: "The pixel format (bits, colour, frames) can't be read.",
    remedy: "Convert the file, or leave the case out.",
  },
  DICOM_PIXELS_CORRUPT: {
    exit: 3,
    meaning: "Compressed pixel data are damaged.",
    remedy: "Copy the file again from its source.",
  },
  DICOM_GEOMETRY_MISSING: {
    exit: 3,
    meaning: "A slice does not say where it lies (position, orientation or pixel spacing).",
    remedy: "Export the original axial series.",
  },
  DICOM_SLICE_MISSING: {
    exit: 3,
    meaning: "A slice is missing between two others.",
    remedy: "Export the whole series again.",
  },
  DICOM_SLICE_DUPLICATE: {
    exit: 3,
    meaning: "Two slices lie at the same position.",
    remedy: "Remove the copy, or separate the phases into series.",
  },
  DICOM_SLICES_MIXED: {
    exit: 3,
    meaning: "Slices of one series differ in size, orientation, pixel spacing, kernel or thickness.",
    remedy: "Keep one reconstruction in each series.",
  },
  DICOM_SPACING_UNEVEN: {
    exit: 3,
    meaning: "The distances between slices are not equal.",
    remedy: "Use a series with even spacing, or resample it by a declared rule.",
  },
  DICOM_TILTED: {
    exit: 3,
    meaning: "The stack of slices is sheared (gantry tilt).",
    remedy: "Resample the series without tilt by a declared rule.",
  },
  DICOM_LOCALIZER: {
    exit: 3,
    meaning: "A localizer image is among the slices; it is left out.",
    remedy: "Remove it from the series' folder.",
  },
  DICOM_SERIES_MIXED: {
    exit: 3,
    meaning: "Files of several series were given as one volume.",
    remedy: "Put each series into a folder of its own.",
  },
  RASTER_UNSUPPORTED: {
    exit: 3,
    meaning: "An image file is neither JPEG nor PNG, or of a kind that can't be read exactly.",
    remedy: "Convert the image to 8-bit RGB PNG.",
  },
  RASTER_CORRUPT: {
    exit: 3,
    meaning: "An image file is damaged or ends early.",
    remedy: "Copy the file again from its source.",
  },
  // annotations
  ANNOTATION_INVALID: {
    exit: 2,
    meaning: "An annotation file does not follow its format.",
    remedy: "Correct the place named in the message.",
  },
  // submissions
  SUBMISSION_MODEL_MISSING: {
    exit: 4,
    meaning: "The model file that the manifest names is not there.",
    remedy: "Put the file beside submission.yaml, or correct the path.",
  },
  SUBMISSION_HASH_MISMATCH: {
    exit: 4,
    meaning: "A submitted file is not the one that the manifest declares.",
    remedy: "Declare the SHA-256 of the file that is handed in.",
  },
  SUBMISSION_MODEL_MALFORMED: {
    exit: 4,
    meaning: "The model file is not a well-formed ONNX file.",
    remedy: "Export the model again and check it with the onnx package.",
  },
  SUBMISSION_MODEL_LIMIT: {
    exit: 4,
    meaning: "The model exceeds a limit (size, nodes, depth, tensors, names).",
    remedy: "Simplify the model; limits are listed in docs/limits.md.",
  },
  SUBMISSION_MODEL_FORBIDDEN: {
    exit: 4,
    meaning:
      "The model holds something that is not admitted (external data, random operators, custom domains, hidden fields).",
    remedy: "Export a self-contained inference graph of standard operators.",
  },
  SUBMISSION_STEP_UNKNOWN: {
    exit: 4,
    meaning: "The manifest declares a pre- or postprocessing step that medassay does not have.",
    remedy: "Use the steps listed in docs/operations.md.",
  },
  SUBMISSION_STEP_INVALID: {
    exit: 4,
    meaning: "The parameters of a declared step do not follow the step's schema, or the steps do not fit together.",
    remedy: "Correct the parameters; docs/operations.md lists them.",
  },
  SUBMISSION_LABEL_UNKNOWN: {
    exit: 4,
    meaning: "The manifest declares a label, a value of a label or a class that the task does not know.",
    remedy: "Use the labels, grades and classes of the task, as the message lists them.",
  },
  SUBMISSION_DECLARATION_MISMATCH: {
    exit: 4,
    meaning: "Inputs or outputs that the manifest declares are not those of the model file.",
    remedy: "Declare names, types and shapes as they stand in the file.",
  },
  SUBMISSION_SESSION_FAILED: {
    exit: 4,
    meaning: "ONNX Runtime could not load the model, or its process ended while loading.",
    remedy: "Check that the model loads with the ONNX Runtime version that `medassay doctor` prints.",
  },
  SUBMISSION_SESSION_TIMEOUT: {
    exit: 4,
    meaning: "Loading the model took longer than the protocol's deadline.",
    remedy: "Simplify the model, or ask for a protocol with a longer deadline.",
  },
  SUBMISSION_TEST_FAILED: {
    exit: 4,
    meaning: "The model does not reproduce the submission's own test tensors.",
    remedy: "Check model file, test tensors and tolerance.",
  },
  // inference
  ISOLATION_TOO_WEAK: {
    exit: 4,
    meaning: "The protocol demands stronger isolation of the model than this machine gives.",
    remedy: "Install bubblewrap and allow user namespaces; `medassay doctor` shows what is missing.",
  },
  INFERENCE_CHILD_FAILED: {
    exit: 70,
    meaning: "The process that runs models could not be started or spoke out of turn.",
    remedy: "Run `medassay doctor`.",
  },
  RUN_FOLDER_BUSY: {
    exit: 2,
    meaning: "Another process is running into this folder.",
    remedy: "Wait until it has ended, or choose a new folder with --out.",
  },
  RUN_FOLDER_MISMATCH: {
    exit: 2,
    meaning: "The run folder belongs to another run (other test set, protocol or submission).",
    remedy: "Choose a new folder with --out.",
  },
  TRUTH_OPEN: {
    exit: 2,
    meaning: "The truth of the test set lies open beside the images.",
    remedy: "Seal the set, or allow it with --open-truth; results are then stamped OPEN.",
  },
  SEAL_MISMATCH: {
    exit: 5,
    meaning: "The test set is not the one that was sealed.",
    remedy: "Restore the set from a copy, or seal it again as a new version.",
  },
  CASE_FILES_CHANGED: {
    exit: 5,
    meaning: "A file of a case is missing or is not the one that index.json records.",
    remedy: "Restore the file from a copy, or run `medassay check` again.",
  },
  PREDICTION_INVALID: {
    exit: 2,
    meaning: "A row of predictions can't be understood, holds no answer, or a number is not finite.",
    remedy:
      "Correct the row named in the message; a case that could not be processed is a line with the status `failed`.",
  },
  // datasets
  TABLE_INVALID: {
    exit: 2,
    meaning: "A table (CSV) lacks a column, holds a wrong value or can't be parsed.",
    remedy: "Correct the row named in the message.",
  },
  DATASET_EMPTY: {
    exit: 3,
    meaning: "The test set holds no case.",
    remedy: "Fill cases.csv, or import images into the folder.",
  },
  DATASET_GATE_FAILED: {
    exit: 3,
    meaning: "The test set failed a quality gate.",
    remedy: "Mend what index.json lists under `gates`, or waive it in dataset.yaml with a reason.",
  },
  DATASET_NOT_CHECKED: {
    exit: 2,
    meaning: "The test set has no index, or one that was made from another card.",
    remedy: "Run `medassay check` on it.",
  },
  DATASET_CHANGED: {
    exit: 5,
    meaning: "A sealed test set is no longer the one that was sealed.",
    remedy: "Restore its files from a copy; to change a set, open it, check it and seal it again.",
  },
  ADJUDICATION_RULE_MISSING: {
    exit: 2,
    meaning: "The card declares no adjudication rule, or one that lacks a parameter.",
    remedy: "Complete `annotation.adjudication` in dataset.yaml.",
  },
  ADJUDICATION_UNRESOLVED: {
    exit: 3,
    meaning: "Readers disagree and no arbiter's line decides.",
    remedy: "Add the arbiter's reading (round 0, with `trigger`) of the case named in the message.",
  },
  TRUTH_MISSING: {
    exit: 3,
    meaning: "The test set holds no reference standard, neither open nor sealed.",
    remedy: "Run `medassay adjudicate`, or import the reference.",
  },
  TRUTH_INVALID: {
    exit: 3,
    meaning: "The truth names a case twice, or one that is not in the case list, or misses one.",
    remedy: "Correct the line named in the message.",
  },
  TRUTH_KEY_MISSING: {
    exit: 2,
    meaning: "The truth is sealed and no key was given.",
    remedy: "Give the custodian's age identity with `--key`.",
  },
  TRUTH_TAMPERED: {
    exit: 5,
    meaning: "The truth is not the one that was sealed.",
    remedy: "Restore truth.age and seal.json from a copy; the set's custody is in question.",
  },
  ATTEMPTS_EXHAUSTED: {
    exit: 4,
    meaning: "The product has used up its attempts on this test set.",
    remedy: "The custodian decides; the protocol's `attempts.limit` is frozen in the seal.",
  },
  IMPORT_SOURCE_INVALID: {
    exit: 2,
    meaning: "The source folder is not what the importer expects.",
    remedy: "See `medassay import <importer> --help` for the files it reads.",
  },
  IMPORT_TARGET_NOT_EMPTY: {
    exit: 2,
    meaning: "The folder to import into is not empty.",
    remedy: "Name a new folder.",
  },
  // report
  REPORT_SUBMISSION_UNKNOWN: {
    exit: 2,
    meaning: "A report was asked for of a submission that the run does not have.",
    remedy: "Name one of the submissions listed in run.json.",
  },
  REPORT_DOCUMENTS_DIFFER: {
    exit: 5,
    meaning: "result.json and run.json do not belong together.",
    remedy:
      "Run `medassay evaluate` again on this run; if that does not help, `medassay verify` says what was changed.",
  },
  // fault
  INTERNAL: { exit: 70, meaning: "A fault of medassay itself.", remedy: "Report it with the message and the command." },
  INTERRUPTED: { exit: 130, meaning: "The command was interrupted.", remedy: "Run the same command again to go on." },
});

export type ErrorCode = keyof typeof errorTable;

export interface ErrorDetails {
  /** The file at fault. */
  file?: string | undefined;
  /** Line in that file, from 1. */
  line?: number | undefined;
  /** JSON pointer into the document. */
  pointer?: string | undefined;
  /** What to do, when the table's general remedy can be made more exact. */
  hint?: string | undefined;
  /** The cause, kept for logs. */
  cause?: unknown;
}

/** The only error class that medassay throws on purpose. */
export class MedassayError extends Error {
  readonly code: ErrorCode;
  readonly exit: ExitCode;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly pointer: string | undefined;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = "MedassayError";
    this.code = code;
    this.exit = errorTable[code].exit;
    this.file = details.file;
    this.line = details.line;
    this.pointer = details.pointer;
    this.hint = details.hint ?? errorTable[code].remedy;
  }
}

/** Throws a {@link MedassayError}. `message` names what was found and what was expected. */
export function fail(code: ErrorCode, message: string, details: ErrorDetails = {}): never {
  throw new MedassayError(code, message, details);
}
