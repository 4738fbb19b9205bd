/**
 * Rows of comma-separated text (RFC 4180) that comes in pieces: cells in quotes, "" for a quote inside them, rows that end in
 * LF, CRLF or CR. Text without quotes is cut at line ends and commas, several times as fast as looking at every letter.
 */

/** Longest row, in UTF-16 units: what is held while its end is awaited. */
const longestRow = 4 * 1024 * 1024;

const openingQuote = /[ \t]*"/y;
const blanks = /[ \t]*/y;
const cellEnd = /[,\n\r]/g;

export class CsvRows {
  #rest = "";

  /** The rows that end in this piece of the text. @throws Error that says what is wrong with the row after them */
  push(piece: string): string[][] {
    return this.#take(this.#rest + piece, false);
  }

  /** The last row, where no line end follows it. @throws Error */
  end(): string[][] {
    const rows = this.#take(this.#rest, true);
    if (this.#rest !== "") rows.push(this.#rest.split(","));
    this.#rest = "";
    return rows;
  }

  #take(text: string, isLast: boolean): string[][] {
    const rows = text.includes('"') ? this.#takeQuoted(text, isLast) : this.#takePlain(text, isLast);
    if (this.#rest.length > longestRow) throw new Error(`a row of more than ${longestRow} letters`);
    return rows;
  }

  #takePlain(text: string, isLast: boolean): string[][] {
    // A CR at the end may be the first half of a CRLF.
    const held = text.endsWith("\r") && !isLast ? "\r" : "";
    const whole = text.slice(0, text.length - held.length);
    const lines = (whole.includes("\r") ? whole.replace(/\r\n?/g, "\n") : whole).split("\n");
    this.#rest = (lines.pop() as string) + held;
    return lines.map((line) => line.split(","));
  }

  #takeQuoted(text: string, isLast: boolean): string[][] {
    const rows: string[][] = [];
    let from = 0;
    while (from < text.length) {
      const row = rowAt(text, from, isLast);
      if (row === null) break;
      rows.push(row.cells);
      from = row.next;
    }
    this.#rest = text.slice(from);
    return rows;
  }
}

/** The row that begins at `from`; null where its end, or what its last letter means, is not there yet. */
function rowAt(text: string, from: number, isLast: boolean): { cells: string[]; next: number } | null {
  const cells: string[] = [];
  for (let at = from; ; at++) {
    openingQuote.lastIndex = at;
    if (openingQuote.test(text)) {
      const start = openingQuote.lastIndex;
      let end = text.indexOf('"', start);
      while (end !== -1 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
      if (end === -1 || (end + 1 === text.length && !isLast)) {
        if (isLast) throw new Error("a quote that is not closed");
        return null;
      }
      cells.push(text.slice(start, end).replaceAll('""', '"'));
      blanks.lastIndex = end + 1;
      blanks.test(text);
      at = blanks.lastIndex;
      if (at < text.length && !/[,\n\r]/.test(text[at] as string)) throw new Error("letters after a closing quote");
    } else {
      cellEnd.lastIndex = at;
      const end = cellEnd.exec(text)?.index ?? text.length;
      cells.push(text.slice(at, end));
      at = end;
    }
    const end = text[at];
    if (end === ",") continue;
    // The end of a piece may be the middle of a cell, and a CR there the first half of a CRLF.
    if (!isLast && (end === undefined || (end === "\r" && at + 1 === text.length))) return null;
    return { cells, next: text.startsWith("\r\n", at) ? at + 2 : at + 1 };
  }
}
