/** Words of the report for codes of the documents: units, methods, verdicts, failures, kinds of report. */
import type { Bilingual } from "../../contract/common.js";
import type { reportKinds } from "../../contract/report-config.js";
import { say } from "../document.js";

type Names = Readonly<Record<string, Bilingual>>;

function lookup(names: Names, code: string): Bilingual {
  return names[code] ?? say(code, code);
}

const units: Names = {
  lesion: say("病灶", "lesion"),
  finding: say("病灶", "lesion"),
  mark: say("标记", "mark"),
  case: say("病例", "case"),
  image: say("图像", "image"),
  patient: say("患者", "patient"),
  record: say("记录", "record"),
  beat: say("搏动", "beat"),
  episode: say("发作", "episode"),
  run: say("阵发", "run"),
  millisecond: say("毫秒", "millisecond"),
  reading: say("阅片", "reading"),
};
export const unitName = (unit: string): Bilingual => lookup(units, unit);

const counts: Names = {
  positives: say("阳性", "positives"),
  negatives: say("阴性", "negatives"),
  lesions: say("病灶", "lesions"),
  cases: say("病例", "cases"),
  both: say("均标出", "marked by both"),
  firstOnly: say("仅前者", "only the first"),
  secondOnly: say("仅后者", "only the second"),
  patients: say("患者", "patients"),
  pairs: say("配对", "pairs"),
  objects: say("对象", "objects"),
  images: say("图像", "images"),
  equal: say("一致", "equal"),
};
/** What a number counts. */
export const countName = (code: string): Bilingual => lookup(counts, code);

const methods: Names = {
  wilson: say("Wilson", "Wilson"),
  "wilson-cc": say("Wilson（连续性校正）", "Wilson, continuity corrected"),
  "clopper-pearson": say("精确（Clopper-Pearson）", "exact (Clopper-Pearson)"),
  "korn-graubard": say("Korn-Graubard（按患者聚类）", "Korn-Graubard (clustered by patient)"),
  "cluster-logit": say(
    "比率估计，logit，t 分布（按患者聚类）",
    "ratio estimator with logit and t (clustered by patient)",
  ),
  "quasipoisson-log-t": say(
    "拟泊松，对数，t 分布（按患者聚类）",
    "quasi-Poisson on the log scale with t (clustered by patient)",
  ),
  "quasi-poisson-t": say("拟泊松，t 分布（按患者聚类）", "quasi-Poisson with t (clustered by patient)"),
  "poisson-garwood": say("Garwood 精确限", "Garwood exact limits"),
  "auc-delong-logit": say("DeLong，logit 变换", "DeLong with logit"),
  "auc-obuchowski-logit": say("Obuchowski，logit 变换（按患者聚类）", "Obuchowski with logit (clustered by patient)"),
  "auc-newcombe5": say("Newcombe 方法 5", "Newcombe's method 5"),
  "auc-newcombe5-on-clusters": say("Newcombe 方法 5（按患者数）", "Newcombe's method 5 on patients"),
  "bootstrap-percentile": say("按患者自助法，百分位数", "bootstrap by patient, percentile"),
  "kappa-adjusted-wald": say("校正 Wald 法（Agresti-Coull 式）", "adjusted Wald (as Agresti-Coull)"),
  "kappa-adjusted-clusters-t": say(
    "校正 Wald 法，患者间方差，t 分布",
    "adjusted Wald with the variance between patients, t",
  ),
  "kappa-fce": say("渐近法（Fleiss-Cohen-Everitt）", "asymptotic (Fleiss-Cohen-Everitt)"),
  "kappa-jackknife-t": say("按患者刀切法，t 分布", "jackknife by patient, t"),
  "gwet-linearised-t": say("Gwet 线性化，t 分布", "Gwet, linearised, t"),
  "balanced-accuracy-newcombe": say(
    "两个 Wilson 区间平方相加（Newcombe）",
    "square and add of two Wilson intervals (Newcombe)",
  ),
  "youden-newcombe": say("两个 Wilson 区间平方相加（Newcombe）", "square and add of two Wilson intervals (Newcombe)"),
  "lr-log": say("对数法（Simel）", "log method (Simel)"),
  "ratio-koopman": say("Koopman 计分法", "Koopman's score method"),
  "icc(A,1)-f": say("F 分布（McGraw-Wong）", "F (McGraw-Wong)"),
  "ccc-fisher-z": say("Fisher z 变换（Lin）", "Fisher's z (Lin)"),
  "limits-of-agreement-exact": say("精确（非中心 t，Carkeet）", "exact (noncentral t, Carkeet)"),
  "predictive-logit": say("logit 法（Mercaldo）", "logit (Mercaldo)"),
  "predictive-logit-adjusted": say("校正 logit 法（Mercaldo）", "adjusted logit (Mercaldo)"),
  "recalibration-wald": say("最大似然，Wald", "maximum likelihood, Wald"),
  "calibration-in-the-large-wald": say("最大似然，Wald", "maximum likelihood, Wald"),
  "f1-wilson": say("由 TP/(TP+FP+FN) 的 Wilson 区间换算", "Wilson of TP/(TP+FP+FN), carried over"),
  "f1-korn-graubard": say(
    "由 TP/(TP+FP+FN) 的 Korn-Graubard 区间换算（按患者聚类）",
    "Korn-Graubard of TP/(TP+FP+FN) (clustered by patient), carried over",
  ),
  "mcnemar-uncorrected": say("McNemar χ² 检验（未校正）", "McNemar's χ² test, uncorrected"),
  "cluster-mcnemar-obuchowski": say(
    "按患者聚类的 McNemar 检验（Obuchowski）",
    "McNemar's test clustered by patient (Obuchowski)",
  ),
  "bias-t": say("t 分布", "t"),
  "paired-diff-tango": say("Tango 计分法", "Tango's score method"),
  "mcnemar-exact": say("McNemar 精确检验", "exact McNemar test"),
  "mcnemar-mid-p": say("McNemar 检验（mid-p）", "McNemar test (mid-p)"),
  "cluster-paired-tango": say(
    "Tango 计分法，除以设计效应（按患者聚类）",
    "Tango's score method over the design effect (clustered by patient)",
  ),
  "cluster-tango-score": say(
    "Tango 计分检验，除以设计效应（按患者聚类）",
    "Tango's score test over the design effect (clustered by patient)",
  ),
  "auc-delong": say("DeLong 检验", "DeLong's test"),
  "auc-obuchowski": say("Obuchowski 检验（按患者聚类）", "Obuchowski's test (clustered by patient)"),
  "auc-delong-difference": say("DeLong", "DeLong"),
  "auc-obuchowski-difference": say("Obuchowski（按患者聚类）", "Obuchowski (clustered by patient)"),
  "bootstrap-or-tango": say(
    "配对自助法与 Tango 计分法中较宽者",
    "the wider of paired bootstrap and Tango's score method",
  ),
  "patient-clustered-paired-bootstrap": say("按患者聚类的配对自助法", "patient-clustered paired bootstrap"),
  "cochran-q-holm": say("Cochran Q，各维度间 Holm 校正", "Cochran's Q, Holm over the dimensions"),
};
/** Name of a method of intervals or tests; ids are written with `_` or `-`. */
export const methodName = (method: string): Bilingual => methods[method.replaceAll("_", "-")] ?? say(method, method);

const shortMethods: Readonly<Record<string, string>> = {
  wilson: "Wilson",
  "korn-graubard": "Korn-Graubard",
  "cluster-logit": "ratio logit t",
  "clopper-pearson": "Clopper-Pearson",
  "quasipoisson-log-t": "quasi-Poisson log t",
  "quasi-poisson-t": "quasi-Poisson t",
  "poisson-garwood": "Garwood",
  "auc-delong-logit": "DeLong logit",
  "auc-obuchowski-logit": "Obuchowski logit",
  "auc-newcombe5": "Newcombe 5",
  "auc-newcombe5-on-clusters": "Newcombe 5",
  "bootstrap-percentile": "bootstrap",
  "kappa-adjusted-wald": "adjusted Wald",
  "kappa-adjusted-clusters-t": "adjusted Wald t",
  "kappa-fce": "Fleiss-Cohen-Everitt",
  "kappa-jackknife-t": "jackknife t",
  "gwet-linearised-t": "Gwet t",
  "balanced-accuracy-newcombe": "Newcombe",
  "youden-newcombe": "Newcombe",
  "lr-log": "Simel log",
  "ratio-koopman": "Koopman",
  "icc(A,1)-f": "F",
  "ccc-fisher-z": "Fisher z",
  "limits-of-agreement-exact": "noncentral t",
  "predictive-logit": "Mercaldo logit",
  "predictive-logit-adjusted": "Mercaldo adjusted",
  "recalibration-wald": "Wald",
  "calibration-in-the-large-wald": "Wald",
  "f1-wilson": "Wilson (F1)",
  "f1-korn-graubard": "Korn-Graubard (F1)",
};
/** Name of a method for a narrow column, the same in both languages. */
export const shortMethodName = (method: string): string => shortMethods[method.replaceAll("_", "-")] ?? method;

/** A line that says what the short names stand for. */
export function methodLegend(methods: readonly string[]): Bilingual {
  const list = [...new Set(methods)].map((method) => ({ short: shortMethodName(method), long: methodName(method) }));
  const one = (language: "zh-CN" | "en", colon: string, separator: string): string =>
    list
      .map(({ short, long }) =>
        long[language].startsWith(short) ? long[language] : `${short}${colon}${long[language]}`,
      )
      .join(separator);
  return say(`区间方法：${one("zh-CN", " 为", "；")}。`, `Interval methods: ${one("en", " is ", "; ")}.`);
}

const verdicts: Names = {
  pass: say("符合", "conforms"),
  fail: say("不符合", "does not conform"),
  undetermined: say("未判定 / ND", "not determined (ND)"),
  information: say("仅供参考", "information"),
};
export const verdictName = (verdict: "pass" | "fail" | "undetermined" | "information"): Bilingual =>
  lookup(verdicts, verdict);

const failures: Names = {
  MODEL_CRASHED: say("模型进程崩溃", "the model's process crashed"),
  MODEL_OUT_OF_MEMORY: say("超出内存限制", "out of memory"),
  MODEL_TIMEOUT: say("超出单例时限", "case deadline exceeded"),
  MODEL_RUNTIME_ERROR: say("模型运行错误", "error while the model ran"),
  MODEL_OUTPUT_NOT_FINITE: say("输出含非有限值", "output holds values that are not finite"),
  MODEL_OUTPUT_SHAPE: say("输出形状与声明不符", "output shape differs from the declaration"),
  MODEL_OUTPUT_MISSING: say("缺少输出", "an output is missing"),
  MODEL_OUTPUT_TOO_LARGE: say("输出过大", "output too large"),
  PREPROCESS_FAILED: say("前处理失败", "preprocessing failed"),
  POSTPROCESS_FAILED: say("后处理失败", "postprocessing failed"),
  NOT_GRADABLE: say("产品判为不可分级", "called not gradable by the product"),
  CASE_UNREADABLE: say("病例不可读", "the case can't be read"),
  CASE_ABSENT: say("未提交该病例的结果", "no answer was handed in for the case"),
};
export const failureName = (code: string): Bilingual => lookup(failures, code);

const marks: Names = {
  given: say("给出的标记", "marks given"),
  truePositive: say("真阳性（TP）", "true positives (TP)"),
  falsePositive: say("假阳性（FP）", "false positives (FP)"),
  duplicate: say("重复标记", "duplicate marks"),
  ignored: say("落在排除所见上（忽略）", "on excluded findings (ignored)"),
  capped: say("超出每例标记上限（未计）", "beyond the cap of marks per case (not counted)"),
  onSeveral: say("同时落在多个病灶上", "on several lesions at once"),
  identical: say("位置与评分均相同的重复行", "rows that repeat place and score of another"),
  pointLesions: say("无大小的病灶（仅中心可命中）", "lesions without size (hit at the centre alone)"),
  lesions: say("病灶", "lesions"),
  lesionsFound: say("有标记的病灶", "lesions with a mark"),
};
/** What became of marks, without the suffix that says where they were counted. */
export const markName = (code: string): Bilingual => lookup(marks, code);

type ReportKind = (typeof reportKinds)[number];
export const reportTitles: Readonly<Record<ReportKind, { title: Bilingual; category: Bilingual }>> = {
  presubmission: {
    title: say(
      "人工智能医疗器械软件算法性能评测报告（预测试）",
      "AI medical device software – algorithm performance evaluation report (pre-submission)",
    ),
    category: say("预测试", "pre-submission evaluation"),
  },
  commissioned: {
    title: say(
      "人工智能医疗器械软件算法性能测试报告（委托）",
      "AI medical device software – algorithm performance test report (commissioned)",
    ),
    category: say("委托测试", "commissioned test"),
  },
  benchmark: {
    title: say("人工智能算法盲测评测报告", "Blinded benchmark report"),
    category: say("盲测评测", "blinded benchmark"),
  },
  regression: {
    title: say("算法回归检查记录", "Algorithm regression record"),
    category: say("回归检查", "regression check"),
  },
};

const changeTexts: Names = {
  C0: say("两次结果不具可比性，不作比较结论", "not comparable; no conclusion"),
  C1: say(
    "在规定检验水准下未检出统计学显著改变，且差异置信区间位于预设界值内",
    "no significant change detected, and the interval of the difference lies inside the predefined margin",
  ),
  C2: say("算法性能发生统计学显著改变（提高）", "statistically significant change (improvement)"),
  C3: say("算法性能发生统计学显著改变（下降）", "statistically significant change (decline)"),
  C4: say(
    "未检出显著改变，但样本量不足以支持等效结论",
    "no significant change detected, but the sample does not support equivalence",
  ),
  C5: say(
    "检出算法结构或流程改变，按算法驱动型更新提示，不以统计结果替代判断",
    "structural or flow change found: flagged as algorithm-driven whatever the statistics say",
  ),
};
export const changeText = (code: string): Bilingual => lookup(changeTexts, code);

const comparisonVerdicts: Names = {
  superior: say("优效", "superior"),
  "non-inferior": say("非劣效", "non-inferior"),
  inconclusive: say("不能得出结论", "inconclusive"),
  inferior: say("劣效", "inferior"),
  identical: say("完全相同", "identical"),
  "not-comparable": say("不可比较", "not comparable"),
};
export const comparisonVerdictName = (verdict: string): Bilingual => lookup(comparisonVerdicts, verdict);

const equality: Names = {
  equal: say("相同", "equal"),
  changed: say("改变", "changed"),
  unknown: say("未知", "unknown"),
};
export const equalityName = (word: string): Bilingual => lookup(equality, word);

const claims: Names = {
  none: say("版本号未变", "no change of version"),
  build: say("构建（B）", "build (B)"),
  correction: say("纠正（Z）", "correction (Z)"),
  minor: say("轻微增强（Y）", "minor enhancement (Y)"),
  major: say("重大增强（X）", "major enhancement (X)"),
  backwards: say("版本号倒退", "version goes backwards"),
};
export const claimName = (claim: string): Bilingual => lookup(claims, claim);

const severities: Names = {
  error: say("错误", "error"),
  warning: say("警告", "warning"),
  info: say("提示", "information"),
};
export const severityName = (severity: string): Bilingual => lookup(severities, severity);

const provenances: Names = {
  clinical: say("临床采集", "clinical"),
  public: say("公开数据", "public"),
  synthetic: say("合成数据", "synthetic"),
};
export const provenanceName = (provenance: string): Bilingual => lookup(provenances, provenance);

const designs: Names = {
  "two-readers-two-rounds-blind-with-arbiter": say(
    "两名阅片者双盲、各两轮，分歧由仲裁者裁定",
    "two readers, blind to each other, two rounds each; disagreement decided by an arbiter",
  ),
  "votes-of-n-readers": say("多名阅片者投票", "votes of several readers"),
  imported: say("随数据集导入", "imported with the set"),
};
export const designName = (design: string): Bilingual => lookup(designs, design);

const roles: Names = { reader: say("阅片者", "reader"), arbiter: say("仲裁者", "arbiter") };
export const roleName = (role: string): Bilingual => lookup(roles, role);
