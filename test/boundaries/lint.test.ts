/** The lint rules that keep results the same everywhere: planted violations are found in each room that makes numbers. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import { describe, expect, it } from "vitest";

const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));
const eslint = new ESLint({ cwd: root });

/** A file of each room; its text is replaced by the planted one. */
const rooms = {
  stats: "src/stats/root.ts",
  metrics: "src/metrics/accuracy.ts",
  geometry: "src/geometry/vector.ts",
  tasks: "src/tasks/profile.ts",
  evaluation: "src/evaluation/join.ts",
};

/** Code, and the rule that it breaks. */
const planted: [code: string, rule: string][] = [
  ["export const f = (x: number, y: number): number => Math.pow(x, y);", "no-restricted-properties"],
  ["const { pow } = Math;\nexport const f = (x: number): number => pow(x, 2);", "no-restricted-properties"],
  ["export const f = (x: number, y: number): number => x ** y;", "no-restricted-syntax"],
  ["export const f = (x: number): number => {\n  let y = x;\n  y **= x;\n  return y;\n};", "no-restricted-syntax"],
  ["export const f = (): number => Math.random();", "no-restricted-properties"],
  ["export const f = (): number => Date.now();", "no-restricted-globals"],
  ["export const f = (): Date => new Date();", "no-restricted-globals"],
  ["export const f = (): number => performance.now();", "no-restricted-globals"],
  ["export const f = (x: number): string => x.toLocaleString();", "no-restricted-syntax"],
  ["export const f = (a: string, b: string): number => a.localeCompare(b);", "no-restricted-syntax"],
  ['export const f = new Intl.NumberFormat("en");', "no-restricted-globals"],
  ["export const f = (): string => crypto.randomUUID();", "no-restricted-globals"],
  [
    "export const f = (x: object): string[] => {\n  const keys = [];\n  for (const key in x) keys.push(key);\n  return keys;\n};",
    "no-restricted-syntax",
  ],
  ["export const f = (x: number[]): number[] => x.sort();", "@typescript-eslint/require-array-sort-compare"],
  ["export const f = (x: Promise<number>[]): Promise<number> => Promise.race(x);", "no-restricted-properties"],
  ["export const f = (x: Promise<number>[]): Promise<number> => Promise.any(x);", "no-restricted-properties"],
];

/** What only the rooms below the evaluation may not do. */
const plantedInPure: [code: string, rule: string][] = [
  ['import { hostname } from "node:os";\nexport const f = hostname;', "no-restricted-imports"],
  ["export const f = process.pid;", "no-restricted-globals"],
  ["export const f = globalThis.Date.now();", "no-restricted-globals"],
];

async function rulesBroken(code: string, file: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: resolve(root, file) });
  return (result as ESLint.LintResult).messages.map(({ ruleId }) => ruleId);
}

describe.each(Object.entries(rooms))("numbers made in %s", (room, file) => {
  const all = room === "evaluation" ? planted : [...planted, ...plantedInPure];
  it.each(all)("may not hold %j", async (code, rule) => {
    expect(await rulesBroken(code, file)).toContain(rule);
  });

  it("may hold sums, products, typed arrays, sorted numbers and Math that is the same everywhere", async () => {
    const code = `export function f(x: readonly number[]): number {
  const sorted = Float64Array.from(x).sort();
  const falling = [...x].sort((a, b) => b - a);
  return Math.exp(Math.log(sorted[0] ?? 1) * 2) + Math.sqrt(falling[0] ?? 1) * Object.keys({ a: 1 }).length;
}`;
    expect(await rulesBroken(code, file)).toEqual([]);
  });
});
