/** What tests of statistics share: answers that must be there, reasons, and tables of counts. */
import fc from "../seeded.js";
import type { CountTable } from "../../src/stats/contingency-tables.js";

/** An answer that must be there. */
export function ok<T extends { ok: boolean }>(r: T): Extract<T, { ok: true }> {
  if (!r.ok) throw new Error(JSON.stringify(r));
  return r as Extract<T, { ok: true }>;
}

/** No number, and why. */
export const refused = (reason: string): object => ({ ok: false, reason });

/** A table of counts as text: `3 1 / 1 3`. */
export const counts = (text: string): number[][] => text.split(" / ").map((row) => row.split(" ").map(Number));

export const turned = (table: CountTable): number[][] =>
  (table[0] as readonly number[]).map((_, j) => table.map((row) => row[j] as number));
export const upsideDown = (table: CountTable): CountTable => [...table].reverse();

export const tableOf = (rows: number, columns: number, max: number, min = 0): fc.Arbitrary<number[][]> =>
  fc.array(fc.array(fc.integer({ min, max }), { minLength: columns, maxLength: columns }), {
    minLength: rows,
    maxLength: rows,
  });
