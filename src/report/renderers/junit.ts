/** The verdicts as JUnit XML, so that a build server can show them: a test case per criterion, per compared difference, and for the failed cases of each. */
import { isCandidateBeyondFailedCases, type Comparison } from "../../contract/comparison.js";
import { isResultBeyondFailedCases, type Result } from "../../contract/result.js";
import { inLanguage } from "../document.js";
import { escapeMarkup } from "../printable.js";
import { stratumPhrase } from "../strata.js";
import { criterionName, criterionResultText, requirementText, undecidedReason } from "../wording/criteria.js";

interface TestCase {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly message: string;
}

/** Renders one suite for the criteria and, where there is one, one for the comparison. */
export function renderJunit(result: Result, digest: string, comparison: Comparison | null): string {
  const { dataset } = result.inputs;
  const suites = [
    suite(`medassay.${result.submission}`, [...criteriaCases(result), ownFailedCases(result)], {
      dataset,
      verdict: result.verdict,
      resultHash: digest,
      openTruth: String(result.openTruth),
    }),
  ];
  if (comparison)
    suites.push(
      suite(
        `medassay.compare.${comparison.baseline.submission}.${comparison.candidate.submission}`,
        [...differenceCases(result, comparison), ...failedCases(comparison)],
        {
          dataset,
          verdict: comparison.verdict,
        },
      ),
    );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="medassay">\n${suites.join("")}</testsuites>\n`;
}

/** The product's own failed cases, refused beyond the limit by any verdict. */
function ownFailedCases(result: Result): TestCase {
  const { cases, failed } = result.sample;
  return {
    name: "failed cases",
    outcome: isResultBeyondFailedCases(result) ? "failed" : "passed",
    message: `${failed} of ${cases}; at most a share of ${result.context.protocol.maxFailedCases} may fail`,
  };
}

function criteriaCases(result: Result): TestCase[] {
  if (result.criteria.length === 0)
    return [{ name: "no acceptance criteria", outcome: "passed", message: "results are for information" }];
  return result.criteria.map((judged) => {
    const requirement = requirementText(result, judged).en;
    const value = inLanguage(criterionResultText(result, judged), "en");
    const why = judged.verdict === "undetermined" ? `; ${inLanguage(undecidedReason(result, judged), "en")}` : "";
    return {
      name: `${inLanguage(criterionName(result, judged.criterion), "en")} ${requirement}`,
      outcome: judged.verdict === "pass" ? "passed" : judged.verdict === "fail" ? "failed" : "skipped",
      message: `required ${requirement}; found ${value}${why}`,
    };
  });
}

function differenceCases(result: Result, comparison: Comparison): TestCase[] {
  if (comparison.verdict === "not-comparable")
    return [{ name: "comparable", outcome: "failed", message: comparison.notComparable.join("; ") }];
  return comparison.differences
    .filter(({ verdict }) => verdict !== null)
    .map(({ title, stratum, verdict, difference, margin }) => ({
      name: `${title.en}${Object.keys(stratum).length === 0 ? "" : `, ${inLanguage(stratumPhrase(result, stratum), "en")}`}`,
      outcome: verdict === "inferior" ? "failed" : verdict === "inconclusive" ? "skipped" : "passed",
      message: `${verdict ?? ""}: difference ${difference ?? "not estimable"}, margin ${margin}`,
    }));
}

/** A test case of its own: a candidate beyond the limit is refused by any verdict. */
function failedCases(comparison: Comparison): TestCase[] {
  if (comparison.failed === null) return [];
  const { cases, baseline, candidate, allowed } = comparison.failed;
  return [
    {
      name: "failed cases of the candidate",
      outcome: isCandidateBeyondFailedCases(comparison) ? "failed" : "passed",
      message: `candidate ${candidate}, baseline ${baseline} of ${cases}; at most a share of ${allowed} may fail`,
    },
  ];
}

function suite(name: string, cases: readonly TestCase[], properties: Readonly<Record<string, string>>): string {
  const count = (outcome: TestCase["outcome"]): number => cases.filter((entry) => entry.outcome === outcome).length;
  const listed = Object.entries(properties)
    .map(([key, value]) => `      <property name="${escapeMarkup(key)}" value="${escapeMarkup(value)}"/>\n`)
    .join("");
  const body = cases.map((entry) => testCase(name, entry)).join("");
  return `  <testsuite name="${escapeMarkup(name)}" tests="${cases.length}" failures="${count("failed")}" errors="0" skipped="${count("skipped")}">\n    <properties>\n${listed}    </properties>\n${body}  </testsuite>\n`;
}

function testCase(suiteName: string, { name, outcome, message }: TestCase): string {
  const head = `    <testcase classname="${escapeMarkup(suiteName)}" name="${escapeMarkup(name)}"`;
  if (outcome === "failed") return `${head}>\n      <failure message="${escapeMarkup(message)}"/>\n    </testcase>\n`;
  if (outcome === "skipped") return `${head}>\n      <skipped message="${escapeMarkup(message)}"/>\n    </testcase>\n`;
  return `${head}>\n      <system-out>${escapeMarkup(message)}</system-out>\n    </testcase>\n`;
}
