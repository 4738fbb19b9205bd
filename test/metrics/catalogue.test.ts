/** Names of metrics, as protocols write them. */
import { describe, expect, it } from "vitest";
import { metricByName, metrics, rangeOf, type MetricDefinition } from "../../src/metrics/index.js";

const unknown = expect.objectContaining({ code: "METRIC_UNKNOWN" });

describe("a limit on a metric", () => {
  it("lies in the range of its kind", () => {
    expect(rangeOf({ kind: "proportion" })).toEqual([0, 1]);
    expect(rangeOf({ kind: "score" })).toEqual([0, 1]);
    expect(rangeOf({ kind: "index" })).toEqual([-1, 1]);
    expect(rangeOf({ kind: "rate" })).toEqual([0, Infinity]);
    expect(rangeOf({ kind: "number" })).toEqual([-Infinity, Infinity]);
  });
});

describe("a name", () => {
  it("is an id, with a number where one belongs to it", () => {
    for (const [id, definition] of metrics) {
      const { parameter } = definition;
      if (!parameter) {
        expect(metricByName(id)).toEqual({ definition, parameter: null, title: definition.title });
        expect(() => metricByName(`${id}@`), id).toThrow(unknown);
        if (!definition.grid) expect(() => metricByName(`${id}@0.5`), id).toThrow(unknown);
        continue;
      }
      const named = metricByName(`${id}@${parameter.example}`);
      expect(named.definition).toBe(definition);
      expect(named.parameter).toBe(parameter.example);
      for (const language of ["zh-CN", "en"] as const) {
        const [title, suffix] = [definition.title[language], parameter.suffix(parameter.example)[language]];
        expect(suffix).toContain(String(parameter.example));
        expect(named.title[language]).toBe(title + suffix);
      }
      for (const wrong of [
        id,
        `${id}@`,
        `${id}@-1`,
        `${id}@x`,
        `${id}@${parameter.example}@1`,
        `${id}@ 1`,
        `${id}@1,2`,
      ])
        expect(() => metricByName(wrong), wrong).toThrow(unknown);
    }
  });

  it("may write its number with an exponent", () => {
    expect(metricByName("within-tolerance@25e-1").parameter).toBe(2.5);
    expect(metricByName("within-tolerance@2.5e1").parameter).toBe(25);
    for (const text of ["+1", ".5", "1.", "1e", "1e+2", "0x10", "1_0", "Infinity", "NaN"])
      expect(() => metricByName(`within-tolerance@${text}`), text).toThrow(unknown);
  });

  it("that is none is refused, and the hint lists all metrics with a usual number", () => {
    for (const name of ["", "@1", "nothing", "nothing@1", "nothing@1,2", "Dice", "dice ", "patient-dice"])
      expect(() => metricByName(name), name).toThrow(unknown);
    const usual = [...metrics.values()].map(({ id, parameter }) => (parameter ? `${id}@${parameter.example}` : id));
    expect(usual).toContain("froc-sensitivity@1");
    expect(usual).toContain("ece@10");
    expect(() => metricByName("nothing")).toThrow(
      expect.objectContaining({ code: "METRIC_UNKNOWN", hint: `Metrics: ${usual.join(", ")}.` }),
    );
    for (const name of usual) expect(() => metricByName(name), name).not.toThrow();
  });

  it("may have a grid of rising numbers, each written as a number", () => {
    expect(metricByName("froc-score@0.5,2e0").title.en).toContain("0.5, 2 FP/case");
    for (const grid of [
      "1, 2",
      "1,+2",
      "1,0x2",
      "1,.5e1",
      " 1,2",
      "0,1",
      "1,1e999",
      "2,1",
      "1,1",
      "1,2,2",
      "1,,2",
      ",1",
    ])
      expect(() => metricByName(`froc-score@${grid}`), grid).toThrow(unknown);
  });
});

describe("a formula", () => {
  const words = /\p{Script=Han}/u;
  it("is written in Chinese and in English, or is symbols alone and the same in both", () => {
    const symbols: string[] = [];
    for (const { id, formula } of metrics.values()) {
      expect(formula.en, id).not.toBe("");
      expect(formula.en, id).not.toMatch(words);
      if (words.test(formula["zh-CN"])) {
        // Chinese punctuation between words; parts of a formula keep their brackets.
        expect(formula["zh-CN"], id).not.toMatch(/\p{Script=Han} ?[,;:]/u);
      } else {
        expect(formula["zh-CN"], id).toBe(formula.en);
        symbols.push(id);
      }
    }
    const both = ["sensitivity", "specificity", "f1", "mcc"];
    expect(symbols.sort()).toEqual([...both, ...both.map((id) => `patient-${id}`)].sort());
  });

  it("is carried over into each language by the metrics that build on it", () => {
    const formulaOf = (id: string) => metricByName(id).definition.formula;
    for (const language of ["zh-CN", "en"] as const) {
      expect(formulaOf("average-qrs-sensitivity")[language]).toContain(formulaOf("qrs-sensitivity")[language]);
      expect(formulaOf("patient-auc")[language]).toBe(formulaOf("auc")[language]);
      const dice = formulaOf("dice")[language];
      expect(formulaOf("dice-median")[language].split(/[;；]/)[0]).toBe(dice.split(/[;；]/)[0]);
      expect(formulaOf("dice-median")[language]).not.toBe(dice);
    }
    expect(formulaOf("macro-f1")).toEqual({
      "zh-CN": "F1 值在各类别间的平均值，仅计有值的类别",
      en: "mean of f1 over the classes where it has a value",
    });
    expect(formulaOf("limit-of-agreement-lower")["zh-CN"]).toMatch(/^偏倚 - 1\.96 s/);
    expect(formulaOf("limit-of-agreement-upper")["zh-CN"]).toMatch(/^偏倚 \+ 1\.96 s/);
  });
});

describe("where metrics stand", () => {
  it("those of lesions found stand by kinds of lesions too; those over classes, beside the classes", () => {
    const ids = (of: (metric: MetricDefinition) => unknown) =>
      [...metrics.values()].filter((metric) => of(metric)).map(({ id }) => id);
    const areas = ["afroc", "wafroc", "afroc1", "wafroc1"];
    expect(ids(({ findingStrata }) => findingStrata)).toEqual([
      "lesion-sensitivity",
      "froc-sensitivity",
      "froc-score",
      "froc-area",
      ...areas,
    ]);
    expect(ids(({ overClasses }) => overClasses)).toEqual([
      "macro-sensitivity",
      "macro-specificity",
      "macro-f1",
      "macro-auc",
      "macro-average-precision",
      "micro-f1",
      "subset-accuracy",
      "hamming-loss",
      "answered-rate",
    ]);
  });
});

describe("bounds of the numbers", () => {
  const accepted = (id: string) => (text: string) => {
    try {
      return metricByName(`${id}@${text}`).parameter === Number(text);
    } catch {
      return false;
    }
  };
  const bounds: [ids: string[], inside: string[], outside: string[]][] = [
    [
      ["froc-sensitivity", "froc-area"],
      ["1e-300", "1e300"],
      ["0", "1e-999", "1e999"],
    ],
    [
      ["ppv-at-prevalence", "npv-at-prevalence"],
      ["1e-300", "0.999999"],
      ["0", "1"],
    ],
    [
      ["partial-auc", "partial-auc-corrected"],
      ["1e-300", "1"],
      ["0", "1.0000001"],
    ],
    [
      ["sensitivity-at-specificity", "specificity-at-sensitivity"],
      ["1e-300", "1"],
      ["0", "1.0000001"],
    ],
    [
      ["ece", "ece-equal-mass"],
      ["1", "1000"],
      ["0", "1001", "1.5", "0.5"],
    ],
    [
      ["within-tolerance", "within-relative-tolerance"],
      ["0", "1e300"],
      ["-1", "1e999"],
    ],
  ];
  for (const [ids, inside, outside] of bounds) {
    it(`${ids.join(", ")}: ${inside.join(" to ")}`, () => {
      for (const id of ids) {
        for (const text of inside) expect(accepted(id)(text), `${id}@${text}`).toBe(true);
        for (const text of outside) expect(accepted(id)(text), `${id}@${text}`).toBe(false);
      }
    });
  }
});
