/** Episodes of atrial and of ventricular fibrillation: how many are found, and how much of their time. */
import { grossAndAverageMetrics } from "./record-metrics.js";
import { comparedEpisodes } from "./record-statistics.js";

const source = "ANSI/AAMI EC57 (episode by episode); WFDB epicmp 10.7.0";

const names = {
  AF: { "zh-CN": "心房颤动", en: "AF" },
  VF: { "zh-CN": "心室颤动/扑动", en: "VF" },
} as const;

export const episodeMetrics = comparedEpisodes.flatMap((kind) => {
  const id = kind.toLowerCase();
  const name = names[kind];
  return [
    ...grossAndAverageMetrics({
      id: `${id}-episode-sensitivity`,
      statistic: `${kind}-episodeSensitivity`,
      title: { "zh-CN": `${name["zh-CN"]}发作灵敏度`, en: `${name.en} episode sensitivity` },
      formula: {
        "zh-CN": "与产品发作有重叠的参考发作数 / 参考发作数",
        en: "reference episodes that a test episode overlaps / reference episodes",
      },
      source,
      unit: "episode",
      higherIsBetter: true,
      whenEmpty: "no-positives",
    }),
    ...grossAndAverageMetrics({
      id: `${id}-episode-ppv`,
      statistic: `${kind}-episodePpv`,
      title: { "zh-CN": `${name["zh-CN"]}发作阳性预测值`, en: `${name.en} episode positive predictivity` },
      formula: {
        "zh-CN": "与参考发作有重叠的产品发作数 / 产品发作数",
        en: "test episodes that a reference episode overlaps / test episodes",
      },
      source,
      unit: "episode",
      higherIsBetter: true,
      whenEmpty: "zero-denominator",
    }),
    ...grossAndAverageMetrics({
      id: `${id}-duration-sensitivity`,
      statistic: `${kind}-durationSensitivity`,
      title: { "zh-CN": `${name["zh-CN"]}持续时间灵敏度`, en: `${name.en} duration sensitivity` },
      formula: {
        "zh-CN": "参考发作中被产品发作覆盖的时长 / 参考发作总时长，以 ms 计",
        en: "time of reference episodes that test episodes cover / time of reference episodes, ms",
      },
      source,
      unit: "millisecond",
      higherIsBetter: true,
      whenEmpty: "no-positives",
    }),
    ...grossAndAverageMetrics({
      id: `${id}-duration-ppv`,
      statistic: `${kind}-durationPpv`,
      title: { "zh-CN": `${name["zh-CN"]}持续时间阳性预测值`, en: `${name.en} duration positive predictivity` },
      formula: {
        "zh-CN": "产品发作中被参考发作覆盖的时长 / 产品发作总时长，以 ms 计",
        en: "time of test episodes that reference episodes cover / time of test episodes, ms",
      },
      source,
      unit: "millisecond",
      higherIsBetter: true,
      whenEmpty: "zero-denominator",
    }),
  ];
});
