/** The document tree as one self-contained HTML page: no script, no outside resource; languages are switched by style alone. */
import type { Bilingual, Language } from "../../contract/common.js";
import {
  cellText,
  type Block,
  type Cell,
  type Cover,
  type ReportDocument,
  type Row,
  type Section,
  type TableBlock,
  type Text,
} from "../document.js";
import { textWidth } from "../charts/svg.js";
import { escapeMarkup } from "../printable.js";
import { pageStyle, styleSheet } from "./style.js";

/** Renders a report in the languages given, Chinese first. */
export function renderHtml(report: ReportDocument, languages: readonly Language[]): string {
  const both = languages.length > 1;
  const write = new Writer(languages);
  const title = languages.map((language) => report.title[language]).join(" / ");
  const stamps = report.stamps.map((stamp) => write.line(stamp)).join('<span class="dot"> · </span>');
  return [
    "<!doctype html>",
    `<html lang="${languages[0] ?? "en"}">`,
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeMarkup(`${report.number} ${title}`)}</title>`,
    `<style>${styleSheet}${pageStyle(report, languages)}</style>`,
    "</head>",
    `<body class="${both ? "both" : languages[0] === "en" ? "only-en" : "only-zh"}">`,
    ...(both ? [languageSwitch()] : []),
    ...(report.stamps.length > 0 ? [`<div class="stamp-banner" role="note">${stamps}</div>`] : []),
    ...(report.watermark
      ? [`<div class="watermark" aria-hidden="true">${watermark(report.watermark, languages)}</div>`]
      : []),
    "<main>",
    navigation(report.sections, write),
    ...report.sections.map((section) => renderSection(section, write, languages)),
    "</main>",
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

/** Each language apart, so that the switch of languages holds for it too. */
function watermark(text: Bilingual, languages: readonly Language[]): string {
  return languages.map((language) => escapeMarkup(text[language])).join(" ");
}

function languageSwitch(): string {
  const option = (id: string, name: string, checked: boolean): string =>
    `<input type="radio" name="language" id="language-${id}"${checked ? " checked" : ""}><label for="language-${id}">${name}</label>`;
  return `${option("both", "中文 + English", true)}${option("zh", "中文", false)}${option("en", "English", false)}`;
}

function navigation(sections: readonly Section[], write: Writer): string {
  const items = sections.flatMap((section) =>
    section.title === undefined ? [] : [`<li><a href="#${section.id}">${write.line(section.title)}</a></li>`],
  );
  return `<nav class="contents"><ol>${items.join("")}</ol></nav>`;
}

function renderSection(section: Section, write: Writer, languages: readonly Language[]): string {
  const classes = ["section", ...(section.newPage ? ["new-page"] : [])].join(" ");
  const title =
    section.title === undefined ? "" : `<h2>${sectionLabel(section.id)}${write.stacked(section.title)}</h2>`;
  return `<section id="${section.id}" class="${classes}">${title}${section.blocks.map((block) => renderBlock(block, write, languages)).join("\n")}</section>`;
}

/** `T7` before the title of a section of a table. */
function sectionLabel(id: string): string {
  return /^t\d+$/.test(id) ? `<span class="section-label">${id.toUpperCase()}</span>` : "";
}

/** Texts as HTML in the languages of the report. */
class Writer {
  readonly #languages: readonly Language[];

  constructor(languages: readonly Language[]) {
    this.#languages = languages;
  }

  /** Both languages in one line: `中文 / English`. */
  line(text: Text): string {
    return this.#each(text, '<span class="separator"> / </span>');
  }

  /** Chinese, and English below it. */
  stacked(text: Text): string {
    return this.#each(text, '<br class="separator">');
  }

  #each(text: Text, separator: string): string {
    if (typeof text === "string") return breakable(text);
    const [only] = this.#languages;
    if (this.#languages.length === 1 && only) return breakable(text[only]);
    if (text["zh-CN"] === text.en) return breakable(text.en);
    // Where only the punctuation differs, the second language would say the same numbers again: it shows when it is alone.
    const echo = plainPunctuation(text["zh-CN"]) === plainPunctuation(text.en) ? " echo" : "";
    const zh = `<span class="zh" lang="zh-CN">${breakable(text["zh-CN"])}</span>`;
    const en = `<span class="en${echo}" lang="en">${breakable(text.en)}</span>`;
    return `${zh}${echo === "" ? separator : ""}${en}`;
  }
}

function plainPunctuation(text: string): string {
  return text.replace(/[（）()，,；;：:、。.\s]/g, "");
}

function breakable(text: string): string {
  return escapeMarkup(text).replaceAll("\n", "<br>");
}

function renderBlock(block: Block, write: Writer, languages: readonly Language[]): string {
  switch (block.type) {
    case "heading":
      return `<h${block.level + 1}>${write.line(block.text)}</h${block.level + 1}>`;
    case "paragraph":
      return `<p${block.tone ? ` class="${block.tone}"` : ""}>${write.stacked(block.text)}</p>`;
    case "list": {
      const tag = block.ordered ? "ol" : "ul";
      return `<${tag} class="texts">${block.items.map((item) => `<li>${write.stacked(item)}</li>`).join("")}</${tag}>`;
    }
    case "code":
      return `<pre>${escapeMarkup(block.text)}</pre>`;
    case "cover":
      return renderCover(block.cover, write);
    case "signatures":
      return `<div class="signatures">${block.fields
        .map(
          ({ role, name }) =>
            `<div><span class="role">${write.line(role)}</span><span class="line">${breakable(name)}</span></div>`,
        )
        .join("")}</div>`;
    case "end":
      return `<p class="end-mark">${write.line(block.text)}</p>`;
    case "figure":
      return `<figure id="${block.id}">${block.draw(languages)}<figcaption><strong>${write.line(`${block.id} `)}${write.line(block.caption)}</strong><br>${write.stacked(block.description)}</figcaption></figure>`;
    case "table":
      return renderTable(block, write);
  }
}

function renderCover(cover: Cover, write: Writer): string {
  const fields = cover.fields
    .map(
      ({ name, value }) =>
        `<div class="cover-field"><dt>${write.line(name)}</dt><dd>${write.stacked(value)}</dd></div>`,
    )
    .join("");
  const stamps = cover.stamps.map((stamp) => `<span class="stamp">${write.line(stamp)}</span>`).join("");
  return [
    '<div class="cover">',
    `<div class="cover-top"><span>${write.line({ "zh-CN": "报告编号", en: "Report No." })}: <strong>${breakable(cover.number)}</strong></span></div>`,
    `<h1>${write.stacked(cover.title)}</h1>`,
    stamps === "" ? "" : `<div class="stamps">${stamps}</div>`,
    `<dl>${fields}</dl>`,
    `<div class="cover-bottom"><span>${write.stacked(cover.body)}</span><span>${write.line({ "zh-CN": "签发日期", en: "Date of issue" })}: ${write.line(cover.date)}</span></div>`,
    "</div>",
  ].join("");
}

function renderTable(table: TableBlock, write: Writer): string {
  const name = table.id === undefined ? "" : `${table.id} `;
  const caption =
    table.caption === undefined ? "" : `<caption>${escapeMarkup(name)}${write.line(table.caption)}</caption>`;
  const columns = table.columns
    .map(({ width }) => (width === undefined ? "<col>" : `<col style="width:${width}%">`))
    .join("");
  const head = table.plain
    ? ""
    : `<thead><tr>${table.columns.map(({ title, align }) => `<th scope="col"${alignment(align)}>${write.stacked(title)}</th>`).join("")}</tr></thead>`;
  const rows = table.rows.map((row) => renderRow(row, table, write)).join("");
  const notes = (table.notes ?? []).map((note) => `<p class="table-note">${write.stacked(note)}</p>`).join("");
  const identity = table.id === undefined ? "" : ` id="table-${table.id}"`;
  // Kept on one page in print: a longer table would leave most of the page before it white.
  const isShort = table.rows.length <= 14 && rows.replace(/<[^>]*>/g, "").length <= 1500;
  const length = isShort ? " short" : "";
  return `<div class="table${length}"${identity}><table${table.plain ? ' class="plain"' : ""}>${caption}<colgroup>${columns}</colgroup>${head}<tbody>${rows}</tbody></table>${notes}</div>`;
}

function alignment(align: "start" | "end" | "center" | undefined): string {
  return align === undefined || align === "start" ? "" : ` class="${align}"`;
}

function renderRow(row: Row, table: TableBlock, write: Writer): string {
  if ("group" in row)
    return `<tr class="group"><th scope="rowgroup" colspan="${table.columns.length}">${write.line(row.group)}</th></tr>`;
  return `<tr>${row.map((cell, index) => renderCell(cell, index, table, write)).join("")}</tr>`;
}

const verdictSigns: Readonly<Record<string, string>> = { pass: "✓ ", fail: "✗ ", undetermined: "? " };

function renderCell(cell: Cell, index: number, table: TableBlock, write: Writer): string {
  const styled = typeof cell === "object" && "text" in cell ? cell : null;
  const text = cellText(cell);
  const align = table.columns[index]?.align;
  const classes = [
    ...(align && align !== "start" ? [align] : []),
    ...(styled?.tone ? [styled.tone] : []),
    ...(styled?.mono ? ["mono"] : []),
    ...(align === "end" && isPlainNumber(text) ? ["number"] : []),
  ];
  const attribute = classes.length === 0 ? "" : ` class="${classes.join(" ")}"`;
  const tag = index === 0 && table.plain ? "th" : "td";
  const inline = table.columns[index]?.inline === true || (table.plain && (index === 0 || fitsOneLine(text)));
  const sign = styled?.tone ? (verdictSigns[styled.tone] ?? "") : "";
  return `<${tag}${tag === "th" ? ' scope="row"' : ""}${attribute}>${sign}${inline ? write.line(text) : write.stacked(text)}</${tag}>`;
}

/** Short enough for both languages on one line of a form. */
function fitsOneLine(text: Text): boolean {
  return typeof text !== "string" && textWidth(`${text["zh-CN"]} / ${text.en}`) < 460;
}

/** Numbers must not be broken over lines; sentences may. */
function isPlainNumber(text: Text): boolean {
  return typeof text === "string" && text.length <= 24;
}
