/** Notes for the reader (注意事项). */
import { paragraph, say, type Block } from "../document.js";
import type { SectionDefinition } from "../input.js";
import { notes as noteTexts } from "../wording/notes.js";

export const notes: SectionDefinition = {
  id: "notes",
  build: ({ config, result }) => {
    const blocks: Block[] = [
      {
        type: "list",
        ordered: true,
        items: noteTexts(config.objectionDays, result.context.protocol.disclosure.minimumCell),
      },
    ];
    if (config.replaces !== undefined)
      blocks.push(
        paragraph(say(`本报告替代 ${config.replaces}。`, `This report replaces ${config.replaces}.`), "strong"),
      );
    return { id: "notes", title: say("注意事项", "Notes"), newPage: true, blocks };
  },
};
