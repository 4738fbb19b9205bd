/** Plans as `plan` shows them: lines and tables on the terminal, documents for --json, curves as SVG. */
import type { Bilingual, Language } from "../contract/common.js";
import { sizesChart } from "../report/charts/sizes.js";
import { say } from "../report/document.js";
import type { Question } from "./sample-size-questions.js";
import type { Plan, Row } from "./sample-sizes.js";
import { displayWidth, type Terminal } from "./terminal.js";

const byName = (entries: readonly { readonly name: string; readonly value: number }[]): Record<string, number> =>
  Object.fromEntries(entries.map(({ name, value }) => [name, value]));

export function planDocument({ units, designEffect, cases, patients, groups, details }: Plan): object {
  return {
    units,
    designEffect,
    cases,
    patients,
    ...(groups.length > 0
      ? { groups: Object.fromEntries(groups.map((group) => [group.name, { units: group.units, cases: group.cases }])) }
      : {}),
    ...(details.length > 0 ? { details: byName(details) } : {}),
  };
}

export const rowDocument = (row: Row): object =>
  row.plan ? { value: row.value, ...planDocument(row.plan) } : { value: row.value, notEstimable: row.reason };

/** A number of a plan: counts whole, shares with four digits. */
const shown = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(4));

export function planText({ units, designEffect, cases, patients, groups, details }: Plan, terminal: Terminal): string {
  const { lang } = terminal.options;
  const parts = groups.map(({ title, units, cases }) =>
    units === cases
      ? `${title[lang]} ${units}`
      : terminal.text(`${title[lang]} ${units}（${cases} 例）`, `${title[lang]} ${units} (${cases} cases)`),
  );
  const more = details.map(({ title, value }) => `${title[lang]} ${shown(value)}`);
  return [
    terminal.text(
      `需要 ${units} 个单位；设计效应 ${designEffect.toFixed(2)}，共 ${cases} 例，${patients} 名患者。`,
      `${units} units; design effect ${designEffect.toFixed(2)}: ${cases} cases in all, ${patients} patients.`,
    ),
    ...(parts.length > 0 ? [parts.join(terminal.text("，", ", "))] : []),
    ...(more.length > 0 ? [more.join(terminal.text("，", ", "))] : []),
  ].join("\n");
}

/** Lines of cells, the first one the head, columns as wide as they need. */
function columns(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => displayWidth(line[column] ?? ""))),
  );
  return lines
    .map((line) => line.map((cell, column) => " ".repeat((widths[column] ?? 0) - displayWidth(cell)) + cell).join("  "))
    .join("\n");
}

export function tableText(rows: readonly Row[], varied: string, terminal: Terminal): string {
  const { lang } = terminal.options;
  const first = rows.find(({ plan }) => plan !== null)?.plan;
  const names = [...(first?.groups ?? []), ...(first?.details ?? [])];
  const head = [
    varied,
    terminal.text("单位", "units"),
    terminal.text("例", "cases"),
    terminal.text("患者", "patients"),
    ...names.map(({ title }) => title[lang]),
  ];
  const lines = rows.map(({ value, plan, reason }) => {
    if (plan === null) return [String(value), reason];
    const cells = [...plan.groups.map(({ name, cases }) => ({ name, value: cases })), ...plan.details];
    const named = names.map(({ name }) => cells.find((cell) => cell.name === name));
    return [
      ...[value, plan.units, plan.cases, plan.patients].map(String),
      ...named.map((cell) => (cell ? shown(cell.value) : "—")),
    ];
  });
  return columns([head, ...lines]);
}

/** The curve in about a dozen lines. */
export function curveText(
  points: readonly { readonly cases: number; readonly value: number }[],
  title: Bilingual,
  terminal: Terminal,
): string {
  const every = Math.max(1, Math.ceil(points.length / 12));
  const lines = points.filter((_, at) => at % every === 0).map(({ cases, value }) => [String(cases), value.toFixed(4)]);
  return columns([[terminal.text("例", "cases"), title[terminal.options.lang]], ...lines]);
}

const casesTitle = say("例数", "Cases");

/** What numbers of cases reach, with the plan on it and a line at what was asked for. */
export function curveChart(
  points: readonly { readonly cases: number; readonly value: number }[],
  { reaches, title }: Question,
  { cases }: Plan,
  asked: number | undefined,
  languages: readonly Language[],
): string {
  const at = points.reduce((best, point) =>
    Math.abs(point.cases - cases) < Math.abs(best.cases - cases) ? point : best,
  );
  return sizesChart(
    {
      xTitle: casesTitle,
      yTitle: reaches.title,
      points: points.map((point) => [point.cases, point.value]),
      mark: [at.cases, at.value],
      ...(asked === undefined ? {} : { level: asked }),
      ...(reaches.name === "power" ? { yRange: [0, 1] as const } : {}),
    },
    title,
    languages,
  );
}

/** Cases over the number that varies. */
export function tableChart(
  rows: readonly Row[],
  varied: string,
  title: Bilingual,
  languages: readonly Language[],
): string {
  const points = rows.map(({ value, plan }) => [value, plan === null ? null : plan.cases] as const);
  return sizesChart({ xTitle: varied, yTitle: casesTitle, points }, title, languages);
}
