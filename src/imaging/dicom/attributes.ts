/** Attributes of a case from a DICOM header, by the standard names of the contract. */
import type { Attribute } from "../../contract/case-index.js";
import type { DicomHeader } from "./header.js";
import { numberIfReadable, text, texts, type TagName } from "./values.js";

/** Manufacturers as written by their scanners over the years, to one name each. First match counts. */
const manufacturers: readonly (readonly [RegExp, string])[] = [
  [/siemens/i, "Siemens"],
  [/^(ge|gems)\b|general electric/i, "GE"],
  [/philips|marconi|picker/i, "Philips"],
  [/canon/i, "Canon"],
  [/toshiba/i, "Toshiba"],
  [/united.?imaging|\buih\b|联影/i, "United Imaging"],
  [/neusoft|东软/i, "Neusoft"],
  [/minfound|明峰/i, "MinFound"],
  [/\banke\b|安科/i, "Anke"],
  [/hitachi/i, "Hitachi"],
  [/fuji/i, "Fujifilm"],
  [/shimadzu/i, "Shimadzu"],
];

const longest = 64;

/** A manufacturer's one name; a name that is not in the table stays, with its spaces tidied. */
function normalizedManufacturer(raw: string): string {
  return manufacturers.find(([pattern]) => pattern.test(raw))?.[1] ?? raw.replace(/\s+/g, " ");
}

/** Years from an Age String such as `058Y`, `018M`, `006W`, `010D`. */
function ageInYears(age: string | undefined): number | undefined {
  const match = /^(\d{1,3})([YMWD])$/.exec(age ?? "");
  if (match === null) return undefined;
  const perYear = { Y: 1, M: 12, W: 365.25 / 7, D: 365.25 }[match[2] as "Y" | "M" | "W" | "D"];
  return Math.round((Number(match[1]) / perYear) * 100) / 100;
}

function acquisitionYear(header: DicomHeader): number | undefined {
  for (const name of ["AcquisitionDate", "SeriesDate", "StudyDate"] as const) {
    const year = Number(/^(\d{4})/.exec(text(header, name) ?? "")?.[1]);
    if (year >= 1970 && year <= 2200) return year;
  }
  return undefined;
}

/**
 * Attributes of a series from one of its headers; what the header lacks is absent. `spacing`: computed distance of slices along the normal, mm.
 * `manufacturer` is normalised by a table, `manufacturerRaw` is the text in the file.
 */
export function seriesAttributes(header: DicomHeader, spacing: number | undefined): Record<string, Attribute> {
  const found: Record<string, Attribute> = {};
  const note = (name: string, value: string | number | undefined, origin: Attribute["origin"] = "header"): void => {
    if (value !== undefined)
      found[name] = { value: typeof value === "string" ? value.slice(0, longest) : value, origin };
  };
  const positive = (name: TagName): number | undefined => {
    const value = numberIfReadable(header, name);
    return value !== undefined && value > 0 ? value : undefined;
  };
  const manufacturer = text(header, "Manufacturer");
  note("manufacturer", manufacturer === undefined ? undefined : normalizedManufacturer(manufacturer));
  note("manufacturerRaw", manufacturer);
  note("model", text(header, "ManufacturerModelName"));
  note("sliceThicknessMm", positive("SliceThickness"));
  note("sliceSpacingMm", spacing, "computed");
  note("pixelSpacingMm", positive("PixelSpacing"));
  const kernels = texts(header, "ConvolutionKernel").filter((kernel) => kernel !== "");
  note("kernel", kernels.length > 0 ? kernels.join(" ") : undefined);
  note("kvp", positive("KVP"));
  note("exposureMas", positive("Exposure"));
  note("contrastAgent", text(header, "ContrastBolusAgent"));
  const sex = text(header, "PatientSex");
  note("sex", sex !== undefined && ["M", "F", "O"].includes(sex) ? sex : undefined);
  note("ageYears", ageInYears(text(header, "PatientAge")));
  note("acquisitionYear", acquisitionYear(header));
  return found;
}
