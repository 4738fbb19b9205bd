/** Product and readers of a multi-label set side by side: each against the reference, kappa of each pair, who is right where. */
import type { PanelEstimate, PanelPair, Result } from "../../contract/result.js";
import { reasonTexts } from "../../contract/reasons.js";
import { join, paragraph, say, type Block, type Cell, type Row, type Text } from "../document.js";
import { metricInfo, productName, type SectionDefinition } from "../input.js";
import { formatDifference, formatInterval, formatValue } from "../numbers.js";
import { classesOf, className, valueWithInterval } from "../wording/classes.js";
import { levelOf, none, withLevel } from "../wording/metric-line.js";
import { methodLegend, methodName } from "../wording/names.js";

type Panel = NonNullable<Result["readerPanel"]>;
type Correctness = NonNullable<PanelPair["correctness"]>;

/** Metrics of a rater that are printed; all are in panel-raters.csv. */
const shownMetrics = ["sensitivity", "specificity", "ppv", "f1"];

export const readers: SectionDefinition = {
  id: "readers",
  build: ({ result }) => {
    const { readerPanel } = result;
    if (readerPanel === undefined) return { id: "readers", blocks: [] };
    const title = say("产品与阅片者", "Product and readers");
    const shown = readerPanel.map(({ stratum }) => stratum.class);
    const hidden = classesOf(result).filter((id) => !shown.includes(id));
    const blocks: Block[] =
      readerPanel.length === 0
        ? []
        : [
            paragraph(
              say(
                "各阅片者与产品读同一批病例，逐类别与参考标准比较；参与形成参考标准的阅片者与其一致性偏高。未作多重性校正，均为描述性结果。",
                "Readers and product answered the same cases and are held against the reference class by class; readers who took part in making the reference agree with it more than others would. Descriptive, without correction for multiplicity.",
              ),
            ),
            raterTable(result, readerPanel),
            kappaTable(result, readerPanel),
            productTests(result, readerPanel),
            ...readerTests(result, readerPanel),
          ];
    if (hidden.length > 0)
      blocks.push(
        paragraph(
          say(
            `因数量过小隐去的类别：${hidden.join("、")}。`,
            `Classes masked for small numbers: ${hidden.join(", ")}.`,
          ),
          "muted",
        ),
      );
    return { id: "readers", title, newPage: true, blocks };
  },
};

function raterName(result: Result, rater: string): Text {
  if (rater === "product") return productName(result);
  return rater === "reference" ? say("参考标准", "reference") : rater;
}

function pairName(result: Result, { between }: PanelPair): Text {
  return join(
    between.map((rater) => raterName(result, rater)),
    " – ",
  );
}

function classGroups(result: Result, panel: Panel, rowsOf: (one: Panel[number]) => Row[]): Row[] {
  return panel.flatMap((one) => [{ group: className(result, one.stratum.class ?? "") }, ...rowsOf(one)]);
}

function raterTable(result: Result, panel: Panel): Block {
  const methods = panel.flatMap(({ raters }) =>
    raters.flatMap(({ metrics }) => metrics.flatMap(({ interval }) => (interval ? [interval.method] : []))),
  );
  return {
    type: "table",
    id: "R1",
    caption: withLevel(say("产品与各阅片者对参考标准", "Product and readers against the reference"), levelOf(result)),
    columns: [
      { title: say("判定者", "Rater"), width: 24, inline: true },
      { title: "TP", align: "end", width: 6 },
      { title: "FP", align: "end", width: 6 },
      { title: "FN", align: "end", width: 6 },
      { title: "TN", align: "end", width: 7 },
      ...shownMetrics.map((metric) => ({ title: metricInfo(result, metric).title, align: "end" as const })),
    ],
    rows: classGroups(result, panel, ({ raters }) =>
      raters.map(({ rater, role, counts: { tp, fp, fn, tn }, metrics }): Cell[] => {
        const name = raterName(result, rater);
        return [
          role === "product" ? { text: name, tone: "strong" } : name,
          ...[tp, fp, fn, tn].map(String),
          ...shownMetrics.map((id) =>
            valueWithInterval(
              result,
              metrics.find(({ metric }) => metric === id),
            ),
          ),
        ];
      }),
    ),
    notes: methods.length === 0 ? [] : [methodLegend(methods)],
  };
}

function notEstimable({ notEstimable: why }: PanelEstimate): Text {
  const reason = reasonTexts[why?.reason ?? "no-data"];
  return say(`未判定（${reason["zh-CN"]}）`, `ND (${reason.en})`);
}

/** `0.893\n(0.811–0.975)`. */
function kappaText(kappa: PanelEstimate): Text {
  if (kappa.estimate === null) return notEstimable(kappa);
  const value = formatValue(kappa.estimate, "index");
  return kappa.interval ? `${value}\n(${formatInterval(kappa.interval, "index", 2)})` : value;
}

/** Pairs by their name, each with what it is in every class. */
function pairsOf(panel: Panel, wanted: (pair: PanelPair) => boolean): PanelPair[][] {
  const byName = new Map<string, PanelPair[]>();
  for (const { pairs } of panel) {
    for (const pair of pairs.filter(wanted)) {
      const name = pair.between.join("\n");
      byName.set(name, [...(byName.get(name) ?? []), pair]);
    }
  }
  return [...byName.values()];
}

function kappaTable(result: Result, panel: Panel): Block {
  const rows = pairsOf(panel, () => true);
  const methods = rows.flatMap((pairs) =>
    pairs.flatMap(({ kappa }) => (kappa.interval ? [kappa.interval.method] : [])),
  );
  return {
    type: "table",
    id: "R2",
    caption: withLevel(say("Cohen Kappa 系数", "Cohen's kappa"), levelOf(result)),
    columns: [
      { title: say("比较对象", "Between"), width: 25, inline: true },
      ...panel.map(({ stratum }) => ({ title: stratum.class ?? "", align: "end" as const })),
    ],
    rows: rows.map((pairs) => [pairName(result, pairs[0] as PanelPair), ...pairs.map(({ kappa }) => kappaText(kappa))]),
    notes: methods.length === 0 ? [] : [methodLegend(methods)],
  };
}

const testP = ({ tests }: Correctness, name: Correctness["tests"][number]["test"]): string => {
  const found = tests.find(({ test }) => test === name);
  return found ? formatValue(found.p, "p") : none;
};

/** Tests of one mutual kind: by case, or by patient. */
function isClustered(panel: Panel): boolean {
  return panel.some(({ pairs }) =>
    pairs.some(({ correctness }) => correctness?.tests.some(({ test }) => test.startsWith("cluster"))),
  );
}

const hasProduct = ({ between, correctness }: PanelPair): boolean =>
  correctness !== null && between.includes("product");

/** The product against each reader, in full. */
function productTests(result: Result, panel: Panel): Block {
  const clustered = isClustered(panel);
  const tests = clustered
    ? ([["cluster-mcnemar-obuchowski", "p"]] as const)
    : ([
        ["mcnemar-uncorrected", say("p（χ²，未校正）", "p (χ², uncorrected)")],
        ["mcnemar-exact", say("p（精确）", "p (exact)")],
        ["mcnemar-mid-p", "p (mid-p)"],
      ] as const);
  return {
    type: "table",
    id: "R3",
    caption: say("判定正确性的配对比较：产品与各阅片者", "Who is right where: product against each reader"),
    columns: [
      { title: say("阅片者", "Reader"), width: 25, inline: true },
      { title: say("仅产品正确", "Only product right"), align: "end" },
      { title: say("仅阅片者正确", "Only reader right"), align: "end" },
      { title: withLevel(say("正确率之差", "Difference of shares right"), levelOf(result)), align: "end", width: 22 },
      ...tests.map(([, title]) => ({ title, align: "end" as const })),
    ],
    rows: classGroups(result, panel, ({ pairs }) =>
      pairs.filter(hasProduct).map(({ between, correctness }): Cell[] => {
        const { counts, difference } = correctness as Correctness;
        return [
          raterName(result, between[1]),
          String(counts.onlyFirst),
          String(counts.onlySecond),
          differenceText(difference),
          ...tests.map(([test]) => testP(correctness as Correctness, test)),
        ];
      }),
    ),
    notes: testNotes(clustered),
  };
}

function differenceText(difference: PanelEstimate): Text {
  if (difference.estimate === null) return notEstimable(difference);
  const value = formatDifference(difference.estimate, "proportion");
  if (!difference.interval) return value;
  const { low, high } = difference.interval;
  return `${value} (${[low, high].map((end) => formatDifference(Number(end), "proportion")).join(" … ")})`;
}

function testNotes(clustered: boolean): Text[] {
  const units = say("差值以百分点表示（产品减阅片者）。", "Differences in percentage points (product minus reader).");
  if (clustered) {
    const name = methodName("cluster-mcnemar-obuchowski");
    return [units, say(`检验：${name["zh-CN"]}。`, `Test: ${name.en}.`)];
  }
  return [
    units,
    say(
      "McNemar 检验：χ² 为不作连续性校正的渐近法；不一致例数少时应以精确法或 mid-p 为准。差值区间为 Tango 计分法。",
      "McNemar's test: χ² is asymptotic, without continuity correction; with few discordant cases go by the exact test or mid-p. Intervals of differences: Tango's score method.",
    ),
  ];
}

/** Readers against each other: p alone, by class. */
function readerTests(result: Result, panel: Panel): Block[] {
  const rows = pairsOf(panel, (pair) => pair.correctness !== null && !hasProduct(pair));
  if (rows.length === 0) return [];
  const clustered = isClustered(panel);
  const text = (correctness: Correctness): string => {
    const { onlyFirst, onlySecond } = correctness.counts;
    const p = clustered
      ? testP(correctness, "cluster-mcnemar-obuchowski")
      : `${testP(correctness, "mcnemar-uncorrected")} / ${testP(correctness, "mcnemar-exact")}`;
    return `${onlyFirst} : ${onlySecond}\n${p}`;
  };
  return [
    {
      type: "table",
      id: "R4",
      caption: say("判定正确性的配对比较：阅片者之间", "Who is right where: readers among themselves"),
      columns: [
        { title: say("比较对象", "Between"), width: 25, inline: true },
        ...panel.map(({ stratum }) => ({ title: stratum.class ?? "", align: "end" as const })),
      ],
      rows: rows.map((pairs) => [
        pairName(result, pairs[0] as PanelPair),
        ...pairs.map(({ correctness }) => text(correctness as Correctness)),
      ]),
      notes: [
        clustered
          ? say("仅前者正确 : 仅后者正确；p。", "Only the first right : only the second right; p.")
          : say(
              "仅前者正确 : 仅后者正确；p（χ²，未校正）/ p（精确）。",
              "Only the first right : only the second right; p (χ², uncorrected) / p (exact).",
            ),
      ],
    },
  ];
}
