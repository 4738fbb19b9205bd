/** The cover (封面): number, title, item, versions, client, category, body, date; stamps for open truth and synthetic data. */
import { say, type Text } from "../document.js";
import { clientName, productName, reportNumber, type SectionDefinition } from "../input.js";
import { unrecorded } from "../wording/metric-line.js";
import { reportTitles } from "../wording/names.js";
import { stampsOf } from "../stamps.js";

export const cover: SectionDefinition = {
  id: "cover",
  build: (input) => {
    const { manifest, card, task } = input.result.context;
    const { title, category } = reportTitles[input.config.kind];
    const { release, complete } = manifest.product.version;
    const fields: { name: Text; value: Text }[] = [
      { name: say("样品名称", "Item"), value: productName(input.result) },
      { name: say("型号规格", "Model"), value: manifest.product.model },
      {
        name: say("软件版本", "Software version"),
        value: say(`发布版本 ${release}；完整版本 ${complete}`, `release ${release}; complete ${complete}`),
      },
      { name: say("委托方", "Client"), value: clientName(input) },
      { name: say("评测类别", "Category"), value: category },
      { name: say("评测任务", "Task"), value: task.title },
      {
        name: say("测试数据集", "Test data set"),
        value: say(`${card.title["zh-CN"]}（版本 ${card.version}）`, `${card.title.en} (version ${card.version})`),
      },
    ];
    return {
      id: "cover",
      blocks: [
        {
          type: "cover",
          cover: {
            number: reportNumber(input),
            title,
            fields,
            stamps: stampsOf(input.result),
            body: input.config.body ?? unrecorded,
            date: input.config.date ?? unrecorded,
          },
        },
      ],
    };
  },
};
