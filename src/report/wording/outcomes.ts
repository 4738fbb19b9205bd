/** Units whose outcome a comparison changes, in both languages: comparison.json holds the English words alone. */
import { reasonTexts } from "../../contract/reasons.js";
import type { Result } from "../../contract/result.js";
import { join, say, type Text } from "../document.js";
import { classesOf, className } from "./classes.js";
import { unitName } from "./names.js";

const words: Readonly<Record<string, Text>> = {
  found: say("检出", "found"),
  missed: say("漏检", "missed"),
  positive: say("阳性", "positive"),
  negative: say("阴性", "negative"),
  undecided: say("未判定", "undecided"),
  failed: say("失败", "failed"),
  "both-empty": reasonTexts["both-empty"],
  "reference-empty": reasonTexts["reference-empty"],
  "prediction-empty": reasonTexts["prediction-empty"],
};
const wordOf = (word: string): Text => words[word] ?? word;

/** Outcomes that hold numbers. */
const sentences: readonly (readonly [RegExp, (parts: readonly string[]) => Text])[] = [
  [/^(\d+) false positives$/, ([count = ""]) => say(`假阳性 ${count} 个`, `false positives: ${count}`)],
  // A failed image, and one of a product that gives scores alone, has no grade.
  [/^(\w+), grade $/, ([call = ""]) => wordOf(call)],
  [
    /^(\w+), grade (.+)$/,
    ([call = "", grade]) => join([wordOf(call), say(`等级 ${grade}`, `grade ${grade}`)], say("，", ", ")),
  ],
  [
    /^(\d+) beats missed, (\d+) extra, (\d+) of another class$/,
    ([missed, extra, wrong]) =>
      say(
        `漏检搏动 ${missed}，多检 ${extra}，类别不符 ${wrong}`,
        `${missed} beats missed, ${extra} extra, ${wrong} of another class`,
      ),
  ],
];

/** What became of a unit; numbers and words that have no Chinese form stay as they are. */
export function outcomeText(outcome: string): Text {
  for (const [pattern, text] of sentences) {
    const found = pattern.exec(outcome);
    if (found) return text(found.slice(1));
  }
  return wordOf(outcome);
}

/** `lesion f-12`: the kind of unit in words, and which of its case. */
export function changedUnitName(result: Result, unit: string): Text {
  const at = unit.indexOf(" ");
  if (at === -1) return unitName(unit);
  const which = unit.slice(at + 1);
  const name = classesOf(result).includes(which) ? className(result, which) : which;
  return join([unitName(unit.slice(0, at)), name], " ");
}
