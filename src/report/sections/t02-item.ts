/** T2: item and model: versions, model file, inputs and outputs, processing, training; who said it. */
import { say, type Cell, type Row, type Text } from "../document.js";
import type { ReportInput, SectionDefinition } from "../input.js";
import { unrecorded } from "../wording/metric-line.js";

const client = say("委托方", "client");
const measured = say("实测", "measured");

/** File name, size, hash and opset of the model; or that predictions were handed in. */
export function modelIdentity({ result }: Pick<ReportInput, "result">): Cell {
  const { manifest, model } = result.context;
  if (manifest.kind !== "onnx" || !model)
    return say("无模型文件：评测对象为提交的预测结果", "no model file: predictions were handed in");
  return {
    text: `${manifest.model.file}, ${model.bytes} B, ONNX opset ${opsets(model.opsets)}, SHA-256 ${model.sha256}`,
    mono: true,
  };
}

function opsets(versions: Readonly<Record<string, number>>): string {
  return Object.entries(versions)
    .map(([domain, version]) => (domain === "" || domain === "ai.onnx" ? String(version) : `${domain} ${version}`))
    .join(", ");
}

export const item: SectionDefinition = {
  id: "t2",
  build: (input) => {
    const { result, submissionRun } = input;
    const { manifest, model } = result.context;
    const { release, complete } = manifest.product.version;
    const rows: Row[] = [
      [say("发布版本 / 完整版本", "Release / complete version"), `${release} / ${complete}`, client],
      [say("提交编号", "Submission id"), manifest.id, client],
      [say("提交清单摘要", "Hash of the manifest"), hash(submissionRun.manifestHash), measured],
      [say("模型文件", "Model file"), modelIdentity(input), measured],
    ];
    if (model) {
      rows.push([
        say("生成工具 / 结构", "Producer / structure"),
        say(
          `${model.producer === "" ? "/" : model.producer}；IR ${model.irVersion}；${model.nodes} 个节点，${model.initializers} 个权重张量`,
          `${model.producer === "" ? "/" : model.producer}; IR ${model.irVersion}; ${model.nodes} nodes, ${model.initializers} weight tensors`,
        ),
        measured,
      ]);
      rows.push([say("输入（实测）", "Inputs (measured)"), tensors(model.inputs), measured]);
      rows.push([say("输出（实测）", "Outputs (measured)"), tensors(model.outputs), measured]);
    }
    if (submissionRun.hashes) {
      const { graph, preprocess, postprocess, threshold } = submissionRun.hashes;
      rows.push([say("计算图摘要（不含权重）", "Graph hash (without weights)"), hash(graph), measured]);
      rows.push([say("前处理摘要", "Preprocessing hash"), hash(preprocess), measured]);
      rows.push([say("后处理摘要", "Postprocessing hash"), hash(postprocess), measured]);
      rows.push([say("阈值摘要", "Threshold hash"), hash(threshold), measured]);
    }
    if (manifest.kind === "onnx") {
      for (const input of manifest.inputs)
        rows.push([
          say("输入声明与前处理", "Declared input, preprocessing"),
          `${input.name}: ${input.dtype} [${input.axes.join(", ")}]; ${steps(input.preprocess)}`,
          client,
        ]);
      rows.push([say("后处理", "Postprocessing"), steps(manifest.postprocess), client]);
    }
    rows.push([say("判定阈值", "Operating threshold"), threshold(manifest.operatingPoint), client]);
    rows.push([say("训练数据来源", "Training sources"), manifest.training?.summary ?? unrecorded, client]);
    rows.push([
      say("测试数据用于训练或调优", "Test data used for training or tuning"),
      manifest.training?.testDataUsed === undefined
        ? unrecorded
        : manifest.training.testDataUsed
          ? say("委托方声明：是", "client declares: yes")
          : say("委托方声明：否", "client declares: no"),
      client,
    ]);
    return {
      id: "t2",
      title: say("样品与模型信息", "Item and model"),
      newPage: true,
      blocks: [
        {
          type: "table",
          id: "T2",
          caption: say("样品与模型信息", "Item and model"),
          columns: [
            { title: say("项目", "Field"), width: 26 },
            { title: say("内容", "Content"), width: 60 },
            { title: say("来源", "Source"), width: 14 },
          ],
          rows,
        },
      ],
    };
  },
};

/** The declared threshold, and those of single classes. */
function threshold(point: ReportInput["result"]["context"]["manifest"]["operatingPoint"]): Text {
  if (!point) return say("未声明", "not declared");
  const common = point.threshold === undefined ? [] : [String(point.threshold)];
  return [...common, ...Object.entries(point.thresholds ?? {}).map(([label, value]) => `${label} ${value}`)].join(", ");
}

function hash(value: string): Cell {
  return { text: value, mono: true };
}

function tensors(list: readonly { name: string; dtype: string; shape: readonly (number | string)[] }[]): Text {
  return list.map(({ name, dtype, shape }) => `${name}: ${dtype} [${shape.join(", ")}]`).join("; ");
}

/** Steps as `op(parameter=value, …)`. */
function steps(list: readonly { readonly op: string }[]): string {
  return list
    .map(({ op, ...parameters }) => {
      const text = Object.entries(parameters).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      return text.length === 0 ? op : `${op}(${text.join(", ")})`;
    })
    .join(" → ");
}
