/** The neutral document tree of a report: what is said, in which order; how it looks is the renderers' business. */
import type { Bilingual, Language } from "../contract/common.js";

/** A text in both languages, or one that is the same in both (numbers, ids, names). */
export type Text = Bilingual | string;

/** Colour and weight of a cell or paragraph; never the only carrier of a meaning. */
export type Tone = "pass" | "fail" | "undetermined" | "muted" | "strong";

interface StyledCell {
  readonly text: Text;
  readonly tone?: Tone;
  /** Hashes and file names: fixed width, may break anywhere. */
  readonly mono?: boolean;
}
export type Cell = Text | StyledCell;

export interface Column {
  readonly title: Text;
  readonly align?: "start" | "end" | "center";
  /** Share of the table's width in percent. */
  readonly width?: number;
  /** Both languages on one line. */
  readonly inline?: boolean;
}

/** A line of cells, or a subhead that spans the table. */
export type Row = readonly Cell[] | { readonly group: Text };

export interface TableBlock {
  readonly type: "table";
  /** `T1` … */
  readonly id?: string;
  readonly caption?: Text;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly notes?: readonly Text[];
  /** Two columns, name and content, without a head that needs reading. */
  readonly plain?: boolean;
}

export interface FigureBlock {
  readonly type: "figure";
  readonly id: string;
  readonly caption: Text;
  /** What the figure shows, for those who can't see it. */
  readonly description: Text;
  /** A whole `<svg>` element. */
  readonly draw: (languages: readonly Language[]) => string;
}

export type Block =
  | { readonly type: "heading"; readonly text: Text; readonly level: 2 | 3 }
  | { readonly type: "paragraph"; readonly text: Text; readonly tone?: Tone | "notice" | "conclusion" }
  | { readonly type: "list"; readonly items: readonly Text[]; readonly ordered?: boolean }
  | { readonly type: "code"; readonly text: string }
  | { readonly type: "cover"; readonly cover: Cover }
  | { readonly type: "signatures"; readonly fields: readonly { readonly role: Text; readonly name: string }[] }
  | { readonly type: "end"; readonly text: Text }
  | TableBlock
  | FigureBlock;

export interface Cover {
  readonly number: string;
  readonly title: Bilingual;
  readonly fields: readonly { readonly name: Text; readonly value: Text }[];
  readonly stamps: readonly Text[];
  readonly body: Text;
  readonly date: Text;
}

export interface Section {
  readonly id: string;
  /** Left out on the cover and the end mark. */
  readonly title?: Text;
  /** Starts on a new page. */
  readonly newPage?: boolean;
  readonly blocks: readonly Block[];
}

export interface ReportDocument {
  readonly number: string;
  readonly title: Bilingual;
  readonly shortTitle: Bilingual;
  /** Stamped on every page. */
  readonly stamps: readonly Bilingual[];
  /** Printed across every page. */
  readonly watermark: Bilingual | null;
  readonly sections: readonly Section[];
}

/** A text in both languages. */
export function say(zh: string, en: string): Bilingual {
  return { "zh-CN": zh, en };
}

/** The text in one language. */
export function inLanguage(text: Text, language: Language): string {
  return typeof text === "string" ? text : text[language];
}

/** Joins texts in each language. */
export function join(texts: readonly Text[], separator: Text = say("；", "; ")): Bilingual {
  const one = (language: Language): string =>
    texts.map((text) => inLanguage(text, language)).join(inLanguage(separator, language));
  return say(one("zh-CN"), one("en"));
}

/** The text of a cell, whatever its style. */
export function cellText(cell: Cell): Text {
  return typeof cell === "string" || !("text" in cell) ? cell : cell.text;
}

export function heading(text: Text, level: 2 | 3 = 2): Block {
  return { type: "heading", text, level };
}

export function paragraph(text: Text, tone?: Tone | "notice" | "conclusion"): Block {
  return tone ? { type: "paragraph", text, tone } : { type: "paragraph", text };
}
