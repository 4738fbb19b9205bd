/** Names come from strangers: control characters, direction overrides and excessive lengths never reach a page. */

/** Longest text of one cell or paragraph, in characters. */
const longest = 4000;

/** A text without control characters (but line feeds) and direction overrides, shortened where it is excessive. */
export function printable(text: string): string {
  const clean = text.replace(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    "\ufffd",
  );
  return clean.length > longest ? `${clean.slice(0, longest).replace(/[\ud800-\udbff]$/, "")}…` : clean;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A printable text for HTML, SVG and XML, in content and in quoted attributes. */
export function escapeMarkup(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
