/** Titles of metrics, as results and comparisons print them. */
import type { Bilingual, Language } from "../contract/common.js";
import { metricByName } from "../metrics/index.js";

/** Title of a metric of a protocol. @param multiLabel units are cases and have no level that a title could name */
export function metricTitle(name: string, multiLabel: boolean): Bilingual {
  const { definition, title } = metricByName(name);
  const { plainTitle } = definition;
  if (!multiLabel || !plainTitle) return title;
  // What follows the title of the definition belongs to the number after `@`.
  const shown = (language: Language) => plainTitle[language] + title[language].slice(definition.title[language].length);
  return { "zh-CN": shown("zh-CN"), en: shown("en") };
}
