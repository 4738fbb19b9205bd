/** Names of case attributes that the contract knows, which of them are numbers, and the spelling of makers. */
import type { AttributeValue } from "../contract/finding.js";

/** Attributes with numbers; all others are text. */
const numeric = new Set([
  "sliceThicknessMm",
  "sliceSpacingMm",
  "pixelSpacingMm",
  "kvp",
  "exposureMas",
  "ageYears",
  "fieldOfViewDeg",
  "imageWidth",
  "imageHeight",
  "samplingHz",
  "durationS",
  "leads",
  "acquisitionYear",
]);

export function isNumericAttribute(name: string): boolean {
  return numeric.has(name);
}

/** One spelling for each maker, however a scanner writes itself. Others keep their text. */
const manufacturers: readonly [RegExp, string][] = [
  [/siemens/i, "Siemens"],
  [/^ge\b|general electric/i, "GE"],
  [/philips/i, "Philips"],
  [/canon/i, "Canon"],
  [/toshiba/i, "Toshiba"],
  [/united imaging|^uih\b/i, "United Imaging"],
  [/neusoft/i, "Neusoft"],
  [/hitachi/i, "Hitachi"],
  [/fuji/i, "Fujifilm"],
  [/nikon/i, "Nikon"],
  [/topcon/i, "Topcon"],
  [/zeiss/i, "Zeiss"],
];

export function manufacturerName(text: string): string {
  return manufacturers.find(([pattern]) => pattern.test(text))?.[1] ?? text;
}

/** True where a declared value says the same as the header's: text without regard to case, numbers within half a per cent. */
export function attributeAgrees(name: string, declared: AttributeValue, found: AttributeValue): boolean {
  if (typeof declared === "number" && typeof found === "number")
    return Math.abs(declared - found) <= 0.005 * Math.max(Math.abs(declared), Math.abs(found));
  const spell = (value: AttributeValue) => (name === "manufacturer" ? manufacturerName(String(value)) : String(value));
  return spell(declared).toLowerCase() === spell(found).toLowerCase();
}
