/** What the quality gates found, in both languages: index.json holds the English sentence alone. */
import type { Bilingual } from "../../contract/common.js";
import type { Result } from "../../contract/result.js";
import { inLanguage, say, type Text } from "../document.js";
import { attributeName } from "../strata.js";
import { classKey } from "./classes.js";

type Gate = Result["context"]["gates"][number];

/** Sentences of the gates, as far as they are not made of names of files and tags. */
const sentences: readonly (readonly [RegExp, (parts: readonly string[], result: Result) => string])[] = [
  [/^(\d+) cases, at least (\d+) are asked for$/, ([count, least]) => `病例 ${count}，要求至少 ${least}`],
  [
    /^(\d+) sites are recorded, at least (\d+) are asked for$/,
    ([count, least]) => `记录的机构 ${count}，要求至少 ${least}`,
  ],
  [
    /^(\d+) manufacturers are recorded, at least (\d+) are asked for$/,
    ([count, least]) => `记录的厂商 ${count}，要求至少 ${least}`,
  ],
  [
    /^(\d+) cameras are recorded, at least (\d+) are asked for$/,
    ([count, least]) => `记录的相机 ${count}，要求至少 ${least}`,
  ],
  [
    /^(\d+) cases with (\S+) (\S+), at least (\d+) are asked for$/,
    ([count, attribute = "", bin, least], result) =>
      `${inLanguage(attributeName(result, attribute), "zh-CN")} ${bin} 的病例 ${count}，要求至少 ${least}`,
  ],
  [
    /^(.+) has (\d+) of (\d+) cases, more than (\S+) % \(\w+\)$/,
    ([value, count, recorded, share]) => `${value} 占 ${recorded} 例中的 ${count} 例，超过 ${share} %`,
  ],
  [/^(\d+) entries of images\/ belong to no case$/, ([count]) => `images/ 中有 ${count} 项不属于任何病例`],
  [/^the site (\S+) is not in dataset\.yaml$/, ([site]) => `机构 ${site} 未列入 dataset.yaml`],
  [/^there is no reference standard yet$/, () => "尚无参考标准"],
  [/^thickness and spacing of slices differ by more than 10 %$/, () => "层厚与层间距相差超过 10 %"],
  [/^nothing was found that the waiver of (\S+) is for$/, ([code]) => `未发现 ${code} 的豁免所针对的问题`],
  [/^the header says that text is burned into the image$/, () => "影像头信息表明图像内含有烧录文字"],
  [/^the header does not say that the patient's identity was removed$/, () => "影像头信息未表明患者身份已去除"],
  [/^filled in the header: (.+)$/, ([names]) => `影像头信息中已填写：${names}`],
  [/^in the EXIF block: (.+)$/, ([names]) => `EXIF 信息中含有：${names}`],
  [/^(\d+) series lie in (.+)$/, ([count, folder]) => `${folder} 中有 ${count} 个序列`],
  [/^no DICOM slice was found$/, () => "未找到 DICOM 层面"],
];

/** Too few positive or negative cases: index.json keeps their number to itself, the report counts them. */
const fewer = /^fewer (positive|negative) cases(?: of (\S+))? than the (\d+) asked for$/;

function fewerText(result: Result, [, kind, id, least]: readonly (string | undefined)[]): Bilingual {
  const { sample } = result;
  const row = id === undefined ? undefined : composedOf(result, id);
  const positive = id === undefined ? sample.positiveCases : row?.positiveCases;
  const count = positive === undefined || kind === "positive" ? positive : sample.cases - positive;
  const name = `${id === undefined ? "" : `${id} `}${kind === "positive" ? "阳性" : "阴性"}病例`;
  const of = id === undefined ? "" : ` of ${id}`;
  return count === undefined || result.suppressed
    ? say(`${name}少于要求的 ${least}`, `fewer ${kind} cases${of} than the ${least} asked for`)
    : say(`${name} ${count}，要求至少 ${least}`, `${count} ${kind} cases${of}, at least ${least} are asked for`);
}

function composedOf(result: Result, id: string): Result["sample"]["composition"][number] | undefined {
  const wanted = JSON.stringify(classKey(id));
  return result.sample.composition.find(({ stratum }) => JSON.stringify(stratum) === wanted);
}

/** The finding of a gate; a sentence that has no Chinese form stays as it is. */
export function gateText(result: Result, { message }: Gate): Text {
  const few = fewer.exec(message);
  if (few) return fewerText(result, few);
  for (const [pattern, chinese] of sentences) {
    const found = pattern.exec(message);
    if (found) return say(chinese(found.slice(1), result), message);
  }
  return message;
}
