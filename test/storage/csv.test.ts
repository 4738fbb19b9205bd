/** Rows of comma-separated text, whole and in pieces cut anywhere. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { CsvRows } from "../../src/storage/csv.js";

function rowsOf(...pieces: readonly string[]): string[][] {
  const parser = new CsvRows();
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
}

/** The same text in two pieces, cut at every place, and letter by letter. */
function everyCut(text: string): string[][][] {
  const halves = Array.from({ length: text.length + 1 }, (_, at) => rowsOf(text.slice(0, at), text.slice(at)));
  return [rowsOf(text), rowsOf(...text), ...halves];
}

describe("rows of comma-separated text", () => {
  it.each([
    ["nothing", "", []],
    ["one row without an end", "a,b", [["a", "b"]]],
    ["one row with an end", "a,b\n", [["a", "b"]]],
    ["ends of every kind", "a\nb\r\nc\rd\r", [["a"], ["b"], ["c"], ["d"]]],
    ["empty rows and cells", "a,,\n\n,b\n", [["a", "", ""], [""], ["", "b"]]],
    ["blanks kept", " a , b \n", [[" a ", " b "]]],
    [
      "quotes around cells",
      '"a","b"\n"c",d\n',
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    ["commas and ends inside quotes", '"a,b","c\r\nd\ne\rf"\n', [["a,b", "c\r\nd\ne\rf"]]],
    ["quotes inside quotes", '"a ""b"" c",""""\n""\n', [['a "b" c', '"'], [""]]],
    ["blanks around quotes", ' "a" ,\t"b"\t\r\n', [["a", "b"]]],
    [
      "quotes inside plain cells",
      'a"b,5"\nc,d\r\n',
      [
        ['a"b', '5"'],
        ["c", "d"],
      ],
    ],
    ["a quoted row without an end", '"a","b"', [["a", "b"]]],
    ["an empty last cell", '"a",', [["a", ""]]],
    ["ends of every kind beside quotes", '"a"\r"b"\r\n"c"\n\r\n"d"\r', [["a"], ["b"], ["c"], [""], ["d"]]],
    ["letters beyond ASCII", '结节,"é😀"\n', [["结节", "é😀"]]],
  ])("are %s", (_, text, rows) => {
    for (const found of everyCut(text)) expect(found).toEqual(rows);
  });

  it("are what was written, however it is cut", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "1", " ", ",", '"', "\n", "\r", "\t", "é"), maxLength: 6 });
    const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(table, fc.constantFrom("\n", "\r\n", "\r"), fc.integer({ min: 1, max: 7 }), (rows, end, size) => {
        const text = rows.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(",") + end).join("");
        const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
        expect(rowsOf(...pieces)).toEqual(rows);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["a quote that is not closed", '"a,b\nc', /not closed/],
    ["letters after a closing quote", '"a"b,c\n', /after a closing quote/],
    ["letters and blanks after a closing quote", '"a" b\n', /after a closing quote/],
  ])("end at %s", (_, text, message) => {
    expect(() => rowsOf(text)).toThrow(message);
    expect(() => rowsOf(...text)).toThrow(message);
  });

  it("hold no row without end", () => {
    const piece = "x".repeat(1024 * 1024);
    for (const first of ["", '"']) {
      const parser = new CsvRows();
      expect(parser.push(first + piece.slice(1))).toEqual([]);
      for (const more of [piece, piece, piece]) expect(parser.push(more)).toEqual([]);
      expect(() => parser.push("xx")).toThrow(/row of more than 4194304 letters/);
    }
    const long = "y".repeat(4 * 1024 * 1024);
    expect(rowsOf(`${long}\n${long}`)).toEqual([[long], [long]]);
  });
});
