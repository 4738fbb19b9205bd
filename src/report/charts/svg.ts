/** SVG as text: elements, bilingual labels, coordinates with a fixed number of decimals, so that equal data give equal bytes. */
import type { Language } from "../../contract/common.js";
import { inLanguage, type Text } from "../document.js";
import { escapeMarkup } from "../printable.js";

export const ink = "#1c2733";
export const grey = "#6b7682";
export const rule = "#d5dae0";
export const accent = "#1f4e79";
export const pale = "#e8eef5";

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** A coordinate: two decimals at most. */
export function coordinate(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return String(rounded === 0 ? 0 : rounded);
}

/** An element; attribute values are escaped. Path data may be long, and hold nothing but commands and numbers. */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const text = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? coordinate(value) : attributeText(value ?? "")}"`)
    .join("");
  return content.length === 0 ? `<${name}${text}/>` : `<${name}${text}>${content.join("")}</${name}>`;
}

function attributeText(value: string): string {
  return /^[MLHVhv0-9.,\s-]*$/.test(value) ? value : escapeMarkup(value);
}

/** A line of text in the languages of the report; both stand beside each other, each can be switched off. */
export function label(text: Text, languages: readonly Language[], attributes: Attributes): string {
  return element("text", attributes, words(text, languages));
}

/** The content of a label: `中文 / English`. */
function words(text: Text, languages: readonly Language[]): string {
  if (typeof text === "string") return escapeMarkup(text);
  const [only] = languages;
  if (languages.length === 1 && only) return escapeMarkup(text[only]);
  if (text["zh-CN"] === text.en) return escapeMarkup(text.en);
  return (
    element("tspan", { class: "zh" }, escapeMarkup(inLanguage(text, "zh-CN"))) +
    element("tspan", { class: "separator" }, " / ") +
    element("tspan", { class: "en" }, escapeMarkup(inLanguage(text, "en")))
  );
}

/** A whole figure. `description` is read to those who can't see it. */
export function figure(width: number, height: number, description: Text, ...content: readonly string[]): string {
  const spoken = typeof description === "string" ? description : `${description["zh-CN"]} ${description.en}`;
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${coordinate(width)} ${coordinate(height)}`,
      width: "100%",
      role: "img",
      "aria-label": spoken,
      "font-size": 12,
      fill: ink,
      style: `max-width:${coordinate(width)}px`,
    },
    ...content,
  );
}

/** Width of a text in a sans serif of `size` px, roughly: CJK characters are square, points and brackets narrow. */
export function textWidth(text: string, size = 12): number {
  let width = 0;
  for (const letter of text) {
    if ((letter.codePointAt(0) ?? 0) > 0x2e80) width += 1;
    else if (/[ .,:;()[\]|/'il]/.test(letter)) width += 0.3;
    else width += /[A-Z%@≥≤MW]/.test(letter) ? 0.72 : 0.55;
  }
  return width * size;
}

/** Width of a label in the languages shown. */
export function labelWidth(text: Text, languages: readonly Language[], size = 12): number {
  if (typeof text === "string") return textWidth(text, size);
  const parts = languages.map((language) => text[language]);
  return textWidth(parts[0] === parts[1] ? (parts[0] ?? "") : parts.join(" / "), size);
}

/** A text of that many characters with an ellipsis in the middle; a code in brackets at the end stays whole where it can. */
function middleCut(text: string, characters: number): string {
  const letters = [...text];
  const code = [...(/[（(][^（）()]*[）)]$/.exec(text)?.[0] ?? "")].length;
  const kept = characters - 1;
  const tail = code > 0 && code < kept ? code : Math.floor(kept / 2);
  return `${letters
    .slice(0, kept - tail)
    .join("")
    .trimEnd()}…${letters
    .slice(letters.length - tail)
    .join("")
    .trimStart()}`;
}

/** A label shortened until it fits a width, the wider language first. */
export function fitted(text: Text, languages: readonly Language[], width: number, size = 12): Text {
  if (typeof text === "string") return fitted({ "zh-CN": text, en: text }, languages, width, size);
  const length = { "zh-CN": [...text["zh-CN"]].length, en: [...text.en].length };
  let cut = text;
  const widest = () => languages.reduce((a, b) => (textWidth(cut[b]) > textWidth(cut[a]) ? b : a));
  while (labelWidth(cut, languages, size) > width) {
    const language = widest();
    if (length[language] <= 3) break;
    length[language]--;
    cut = { ...cut, [language]: middleCut(text[language], length[language]) };
  }
  return cut;
}
