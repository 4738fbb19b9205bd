/** Parts of the document tree as Markdown, for a summary in a repository or a pull request. */
import type { Language } from "../../contract/common.js";
import { cellText, type Block, type ReportDocument, type Section, type TableBlock, type Text } from "../document.js";
import { printable } from "../printable.js";

/** Renders title, stamps and the given sections. */
export function renderMarkdown(
  report: Pick<ReportDocument, "number" | "title" | "stamps">,
  sections: readonly Section[],
  languages: readonly Language[],
): string {
  const words = (text: Text): string => inLanguages(text, languages);
  const lines = [`# ${words(report.title)}`, "", `${escapeMarkdown(report.number)}`, ""];
  if (report.stamps.length > 0) lines.push(`**${report.stamps.map(words).join(" · ")}**`, "");
  for (const section of sections) {
    if (section.title !== undefined) lines.push(`## ${words(section.title)}`, "");
    for (const block of section.blocks) lines.push(...renderBlock(block, words));
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

function inLanguages(text: Text, languages: readonly Language[]): string {
  if (typeof text === "string") return escapeMarkdown(text);
  const parts = languages.map((language) => text[language]);
  return escapeMarkdown(parts.every((part) => part === parts[0]) ? (parts[0] ?? "") : parts.join(" / "));
}

/** One line without markup of its own. */
function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/\s*\n\s*/g, " ")
    .replace(/[\\`*_{}[\]<>|#~!]/g, (character) =>
      character === "<" ? "&lt;" : character === ">" ? "&gt;" : `\\${character}`,
    );
}

function renderBlock(block: Block, words: (text: Text) => string): string[] {
  switch (block.type) {
    case "heading":
      return [`${"#".repeat(block.level + 1)} ${words(block.text)}`, ""];
    case "paragraph":
      return [
        block.tone === "conclusion" || block.tone === "notice" ? `> ${words(block.text)}` : words(block.text),
        "",
      ];
    case "list":
      return [...block.items.map((item, index) => `${block.ordered ? `${index + 1}.` : "-"} ${words(item)}`), ""];
    case "figure":
      return [`*${words(block.id)} ${words(block.caption)}* – report.html`, ""];
    case "table":
      return renderTable(block, words);
    case "cover":
    case "code":
    case "signatures":
    case "end":
      return [];
  }
}

function renderTable(table: TableBlock, words: (text: Text) => string): string[] {
  const lines: string[] = [];
  if (table.caption !== undefined)
    lines.push(`**${table.id === undefined ? "" : `${table.id} `}${words(table.caption)}**`, "");
  lines.push(`| ${table.columns.map(({ title }) => words(title)).join(" | ")} |`);
  lines.push(
    `| ${table.columns.map(({ align }) => (align === "end" ? "---:" : align === "center" ? ":-:" : "---")).join(" | ")} |`,
  );
  for (const row of table.rows) {
    const cells =
      "group" in row
        ? [`**${words(row.group)}**`, ...table.columns.slice(1).map(() => "")]
        : row.map((cell) => words(cellText(cell)));
    lines.push(`| ${cells.join(" | ")} |`);
  }
  lines.push("", ...(table.notes ?? []).flatMap((note) => [words(note), ""]));
  return lines;
}
