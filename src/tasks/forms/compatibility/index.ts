/** What other tools answer to the same marks and lesions: docs/compatibility.md. */
export {
  averagePrecisionOf,
  cocoMeanAveragePrecision,
  cocoPrecision,
  cocoRule,
  cocoThresholds,
  type CocoCase,
  type CocoPrecision,
} from "./coco.js";
export { frocCounts, type FrocCounts } from "./events.js";
export { luna16Bounds, luna16Limits, luna16Rule, luna16Sensitivities } from "./luna16.js";
export { monaiFroc, monaiSensitivity, type MonaiCurve } from "./monai-froc.js";
export {
  picaiCase,
  picaiDefaults,
  picaiPeerSensitivity,
  picaiResult,
  picaiSensitivity,
  type PicaiCase,
  type PicaiPoint,
  type PicaiResult,
  type PicaiRow,
  type PicaiSettings,
} from "./picai.js";
