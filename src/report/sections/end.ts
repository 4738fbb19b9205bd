/** The end mark: last line of the body and of the last annex. */
import { say, type Section } from "../document.js";

/** An end mark with its own id. */
export function endMark(id: string): Section {
  return { id, blocks: [{ type: "end", text: say("以下空白", "End – blank below") }] };
}
