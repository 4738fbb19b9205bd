/** All documents of the contract, for publishing their JSON Schemas and for `docs/`. */
import { caseIndex } from "./case-index.js";
import { certification, certificationCases } from "./certification.js";
import { conformance } from "./conformance.js";
import { comparison } from "./comparison.js";
import { datasetCard } from "./dataset-card.js";
import { jsonSchemaOf, type DocumentDefinition } from "./document.js";
import { prediction, timing } from "./prediction.js";
import { effectiveProtocol, protocol } from "./protocol.js";
import { reading, reference } from "./reading.js";
import { reportConfig } from "./report-config.js";
import { result } from "./result.js";
import { runDocument } from "./run.js";
import { opening, release, seal } from "./seal.js";
import { submission } from "./submission.js";

export const documents: readonly DocumentDefinition[] = [
  datasetCard,
  caseIndex,
  reading,
  reference,
  protocol,
  effectiveProtocol,
  seal,
  opening,
  release,
  submission,
  runDocument,
  prediction,
  timing,
  result,
  comparison,
  certification,
  certificationCases,
  conformance,
  reportConfig,
];

/** JSON Schemas as published under schemas/: file name and content. */
export function publishedSchemas(): { file: string; schema: Record<string, unknown> }[] {
  return documents.map((definition) => ({ file: `${definition.name}.schema.json`, schema: jsonSchemaOf(definition) }));
}
