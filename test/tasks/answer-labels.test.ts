/** Labels and scores that the answers of a task may hold. */
import { describe, expect, it } from "vitest";
import type { AnswerLabels } from "../../src/contract/prediction.js";
import { answerLabels } from "../../src/tasks/answer-labels.js";
import { taskProfile } from "../../src/tasks/profiles/index.js";

describe("labels and scores of answers", () => {
  it("are the classes of a multi-label task, each 0 or 1", () => {
    const known = answerLabels(taskProfile("ecg-diagnosis")) as AnswerLabels;
    const classes = ["1dAVb", "RBBB", "LBBB", "SB", "AF", "ST"];
    expect(known).toMatchObject({ labels: classes, scores: classes, classes });
    for (const value of [0, 1, true, false, "0", "1"]) expect(known.fault("AF", value), String(value)).toBeNull();
    for (const value of [2, -1, 0.5, "yes", "", null])
      expect(known.fault("AF", value), String(value)).toBe("neither 0 nor 1");
  });

  it("are the grade, whether there can be one, and the score of the positive class", () => {
    const known = answerLabels(taskProfile("dr-grading")) as AnswerLabels;
    expect(known).toMatchObject({ labels: ["icdr", "gradable"], scores: ["referable"], classes: [] });
    for (const value of [0, 4, "3"]) expect(known.fault("icdr", value), String(value)).toBeNull();
    for (const value of [5, 2.5, true, " "])
      expect(known.fault("icdr", value), String(value)).toBe("not one of 0, 1, 2, 3, 4");
    expect(known.fault("gradable", false)).toBeNull();
    expect(known.fault("gradable", 4)).toBe("neither 0 nor 1");
  });

  it("mean nothing to tasks of marks, structures and quantities", () => {
    const detection = taskProfile("lung-nodule-detection");
    expect(answerLabels(detection)).toBeNull();
    const classes = [{ id: "liver", title: { "zh-CN": "肝", en: "liver" } }];
    expect(answerLabels({ ...detection, form: "segmentation", classes })).toBeNull();
    const { classes: _, ...withoutClasses } = taskProfile("ecg-diagnosis");
    expect(answerLabels(withoutClasses)).toBeNull();
  });
});
