/** What an answered case must hold: blanks are no answers, and no part may be given by some cases alone. */
import { describe, expect, it } from "vitest";
import type { Prediction } from "../../src/contract/prediction.js";
import { checkAnswers } from "../../src/tasks/given-answers.js";
import type { TaskProfile } from "../../src/tasks/profile.js";
import { taskProfile } from "../../src/tasks/profiles/index.js";

type Given = Partial<Pick<Prediction, "labels" | "scores" | "quantities" | "status">>;

const lines = (given: readonly Given[]): Prediction[] =>
  given.map((own, at) => ({
    case: `c${at}`,
    status: "ok",
    findings: [],
    scores: {},
    labels: {},
    quantities: {},
    ...own,
  }));

const check = (profile: Pick<TaskProfile, "form" | "classes" | "grading">, ...given: Given[]) =>
  checkAnswers(lines(given), profile);

const classes = ["AF", "SB"].map((id) => ({ id, title: { "zh-CN": id, en: id } }));
const graded = taskProfile("dr-grading");
const multiLabel = { form: "classification", classes } as const;
const measured = { form: "measurement", classes } as const;

const refusal = (message: string, hint: string) =>
  expect.objectContaining({ code: "PREDICTION_INVALID", message, hint: expect.stringContaining(hint) });

describe("a graded image", () => {
  const whole = { labels: { icdr: 1 }, scores: { referable: 0.2 } };

  it("has a grade, a score or both, as all others have", () => {
    expect(() => check(graded, whole, whole)).not.toThrow();
    expect(() => check(graded, { labels: { icdr: 0 } }, { labels: { icdr: 4 } })).not.toThrow();
    expect(() => check(graded, { scores: { referable: 0 } })).not.toThrow();
    expect(() => check(graded)).not.toThrow();
  });
  it("has neither only where it failed or is declared not gradable", () => {
    expect(() => check(graded, whole, { status: "failed" })).not.toThrow();
    for (const no of [false, 0, "false", "0"])
      expect(() => check(graded, whole, { labels: { gradable: no } })).not.toThrow();
    const blank = "1 answered cases hold none of labels.icdr, scores.referable: c1";
    expect(() => check(graded, whole, {})).toThrow(refusal(blank, "labels.gradable false"));
    expect(() => check(graded, whole, { labels: { gradable: true } })).toThrow(refusal(blank, '"status": "failed"'));
    // What the task does not know is no answer.
    expect(() => check(graded, whole, { labels: { grade: 1 }, scores: { icdr: 1 } })).toThrow(refusal(blank, "failed"));
  });
  it("may not be the only one without a score, or without a grade", () => {
    expect(() => check(graded, whole, whole, { labels: { icdr: 3 } })).toThrow(
      refusal("scores.referable is given for 2 of 3 answered cases, not for c2", "Give it for all or for none"),
    );
    expect(() => check(graded, { scores: { referable: 1 } }, whole)).toThrow(
      refusal("labels.icdr is given for 1 of 2 answered cases, not for c0", "labels.gradable false"),
    );
  });
  it("is named with at most four others", () => {
    const blanks = (count: number) => () => check(graded, ...Array.from({ length: count }, () => ({})));
    expect(blanks(5)).toThrow(/: c0, c1, c2, c3, c4$/);
    expect(blanks(7)).toThrow(/: c0, c1, c2, c3, c4 and 2 more$/);
  });
});

describe("a record with several labels", () => {
  it("has the labels or scores that the others have", () => {
    const given = { labels: { AF: 1, SB: 0 } };
    expect(() => check(multiLabel, given, { labels: { AF: 0, SB: 0 } }, { status: "failed" })).not.toThrow();
    expect(() => check(multiLabel, given, {})).toThrow(
      refusal("1 answered cases hold none of labels.AF, scores.AF, labels.SB, scores.SB: c1", '"status": "failed"'),
    );
    expect(() => check(multiLabel, given, { labels: { AF: 1 } })).toThrow(
      refusal("labels.SB is given for 1 of 2 answered cases, not for c1", "for all or for none"),
    );
    expect(() => check(multiLabel, { scores: { AF: 1, SB: 1 } }, { scores: { SB: 1 } })).toThrow(
      refusal("scores.AF is given for 1 of 2 answered cases, not for c1", "for all or for none"),
    );
    // A class that no case answers is the metrics' business.
    expect(() => check(multiLabel, { labels: { AF: 1 } }, { labels: { AF: 0 } })).not.toThrow();
  });
  it("of many classes names the first of them", () => {
    const many = Array.from({ length: 6 }, (_, at) => ({ id: `k${at}`, title: { "zh-CN": "", en: "" } }));
    expect(() => check({ ...multiLabel, classes: many }, {})).toThrow(/scores\.k4, …: c0$/);
    expect(() => check({ ...multiLabel, classes: many.slice(0, 5) }, {})).toThrow(/scores\.k4: c0$/);
  });
});

describe("a measured case", () => {
  it("has one of the quantities at least", () => {
    expect(() =>
      check(measured, { quantities: { AF: 1 } }, { quantities: { SB: 0 } }, { status: "failed" }),
    ).not.toThrow();
    expect(() => check(measured, { quantities: { AF: 1 } }, { quantities: { QT: 1 } })).toThrow(
      refusal("1 answered cases hold none of quantities.AF, quantities.SB: c1", "failed"),
    );
  });
});

describe("an answer that may find nothing", () => {
  it("can be empty: detection, masks, beats", () => {
    for (const form of ["detection", "segmentation", "sequence"] as const) {
      expect(() => check({ form, classes }, {}, {})).not.toThrow();
      expect(() => check({ form }, {})).not.toThrow();
    }
    expect(() => check({ form: "classification" })).not.toThrow();
  });
});
