/** T9: robustness, stress and adversarial tests: named, with the reason why there are none. */
import { paragraph, say } from "../document.js";
import type { SectionDefinition } from "../input.js";

export const robustness: SectionDefinition = {
  id: "t9",
  build: () => ({
    id: "t9",
    title: say("鲁棒性、压力、对抗", "Robustness, stress, adversarial"),
    blocks: [
      paragraph(
        say(
          "T9 鲁棒性（B5）、压力测试（B6）、对抗测试（B7）：不在本次评测计划内，未测试；本报告不支持这些方面的结论。",
          "T9 robustness (B5), stress (B6) and adversarial tests (B7): not part of this plan, not tested; this report supports no conclusion on them.",
        ),
        "muted",
      ),
    ],
  }),
};
