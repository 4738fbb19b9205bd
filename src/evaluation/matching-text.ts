/** The matching rule in one sentence, in both languages, for the report. */
import type { Bilingual } from "../contract/common.js";
import type { EffectiveProtocol } from "../contract/protocol.js";
import type { TaskProfile } from "../tasks/profile.js";

/** null: nothing is matched in this form. */
export function matchingText(protocol: EffectiveProtocol, profile: TaskProfile): Bilingual | null {
  if (profile.sequence) return beatMatchingText(profile.sequence.startSeconds);
  return profile.form === "detection" ? markMatchingText(protocol) : null;
}

function beatMatchingText(startSeconds: number): Bilingual {
  return {
    "zh-CN": `搏动在 150 ms 内（含）与最近者一对一配对（ANSI/AAMI EC57，WFDB bxb 规则）；记录前 ${startSeconds} s 不计；参考室颤期间的产品标记不计；发作有任何重叠即为检出。`,
    en: `Beats pair one to one with the nearest within 150 ms (included; ANSI/AAMI EC57, rules of WFDB bxb); the first ${startSeconds} s of a record are not counted, nor are marks of the product in ventricular fibrillation of the reference; an episode is found by any overlap.`,
  };
}

function markMatchingText(protocol: EffectiveProtocol): Bilingual {
  const { match, exclude, compatibility } = protocol;
  const le = match.comparator === "le";
  const floor =
    match.minRadiusMm > 0
      ? [
          `（半径不足 ${match.minRadiusMm} mm 者按 ${match.minRadiusMm} mm 计）`,
          ` (radii below ${match.minRadiusMm} mm count as ${match.minRadiusMm} mm)`,
        ]
      : ["", ""];
  const least = match.overlap?.atLeast ?? 0.1;
  const measure = match.overlap?.measure === "dice" ? ["Dice 系数", "Dice coefficient"] : ["交并比", "IoU"];
  const hit: Record<typeof match.rule, [string, string]> = {
    "centre-in-lesion": [
      `标记中心位于病灶内${le ? "（含边界）" : "（不含边界）"}即为命中${floor[0]}`,
      `a mark hits a lesion when its centre lies in it (border ${le ? "included" : "excluded"})${floor[1]}`,
    ],
    "centre-distance": [
      `标记中心与病灶中心距离${le ? "不大于" : "小于"}病灶半径即为命中${floor[0]}`,
      `a mark hits a lesion when the distance of centres is ${le ? "at most" : "less than"} the lesion's radius${floor[1]}`,
    ],
    overlap: [
      `标记与病灶的${measure[0]}（掩膜按自身，其余按外接框）${le ? "不小于" : "大于"} ${least} 即为命中`,
      `a mark hits a lesion when their ${measure[1]} (of masks themselves, else of bounding boxes) is ${le ? "at least" : "above"} ${least}`,
    ],
  };
  const assignment: Record<typeof match.assignment, [string, string]> = {
    "one-to-one": [
      "一对一分配，任一阈值下命中数均为最大匹配",
      "assignment is one-to-one, with the largest possible number of hits at every threshold",
    ],
    "hit-rule": [
      "病灶被任一标记命中即检出，一个标记可命中多个病灶",
      "a lesion is found by any mark on it, and one mark may find several lesions",
    ],
    coco: [
      "按评分由高到低，每个标记命中尚未检出的最佳病灶",
      "in falling order of score each mark finds the best lesion not yet found",
    ],
  };
  const duplicates =
    match.duplicates === "separate"
      ? ["重复标记单独计数", "duplicate marks are counted apart"]
      : ["重复标记计为假阳性", "duplicate marks are false positives"];
  const excluded =
    match.excluded === "ignore"
      ? ["落在排除病变上的标记不计", "marks on excluded findings are ignored"]
      : ["落在排除病变上的标记计为假阳性", "marks on excluded findings are false positives"];
  const cap =
    match.maxMarksPerCase === null
      ? ["", ""]
      : [`；每例最多保留 ${match.maxMarksPerCase} 个标记`, `; at most ${match.maxMarksPerCase} marks a case are kept`];
  const sizes = [
    ...(exclude.belowMm === undefined
      ? []
      : [[`小于 ${exclude.belowMm} mm 的病变排除`, `findings below ${exclude.belowMm} mm are excluded`] as const]),
    ...(exclude.aboveMm === undefined
      ? []
      : [[`大于 ${exclude.aboveMm} mm 的病变排除`, `findings above ${exclude.aboveMm} mm are excluded`] as const]),
  ];
  const named =
    compatibility === "none" ? ["", ""] : [`（兼容模式 ${compatibility}）`, ` (compatibility mode ${compatibility})`];
  const part = (at: 0 | 1) => [
    hit[match.rule][at],
    assignment[match.assignment][at],
    duplicates[at],
    excluded[at],
    ...sizes.map((size) => size[at]),
  ];
  return {
    "zh-CN": `${part(0).join("；")}${cap[0]}${named[0]}。`,
    en: `${part(1).join("; ").replace(/^a/, "A")}${cap[1]}${named[1]}.`,
  };
}
