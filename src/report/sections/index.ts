/** The sections of a report in their order. A new section is one file and one line here. */
import type { SectionDefinition } from "../input.js";
import { annexes } from "./annexes.js";
import { cover } from "./cover.js";
import { endMark } from "./end.js";
import { matchRule } from "./match-rule.js";
import { notes } from "./notes.js";
import { statements } from "./statements.js";
import { summary } from "./summary.js";
import { itemSummary } from "./t01-items.js";
import { item } from "./t02-item.js";
import { composition } from "./t03-composition.js";
import { readers } from "./readers.js";
import { reference } from "./t04-reference.js";
import { primary } from "./t05-primary.js";
import { curves } from "./t06-curves.js";
import { strata } from "./t07-strata.js";
import { repeatability } from "./t08-repeatability.js";
import { robustness } from "./t09-robustness.js";
import { comparisonSection } from "./t10-comparison.js";
import { integrity } from "./t11-integrity.js";
import { environment } from "./t12-environment.js";

export const sections: readonly SectionDefinition[] = [
  cover,
  notes,
  summary,
  itemSummary,
  item,
  composition,
  reference,
  primary,
  curves,
  strata,
  matchRule,
  readers,
  repeatability,
  robustness,
  comparisonSection,
  integrity,
  environment,
  statements,
  { id: "end-of-body", build: () => endMark("end-of-body") },
  annexes,
  { id: "end", build: () => endMark("end") },
];
