/** Commented templates of the documents that people write. */
import { taskProfile } from "../tasks/profiles/index.js";

function datasetTemplate(task: string): string {
  return `# The card of a test set. Every key is explained in docs/custodians.md.
schema: medassay/dataset/1
id: my-test-set
version: "1.0"
title: { zh-CN: 我的测试集, en: My test set }
task: ${task}
modality: ${taskProfile(task).modality}
owner: My evaluation centre
licence: not public
provenance: clinical          # clinical | public | synthetic
sites:
  - { id: S1, name: First hospital, region: east, level: tertiary, ethicsApproval: "2026-001" }
annotators:
  - { id: R1, role: reader, qualification: attending radiologist, years: 8 }
  - { id: R2, role: reader, qualification: attending radiologist, years: 11 }
  - { id: A1, role: arbiter, qualification: chief radiologist, years: 20 }
annotation:
  design: two-readers-two-rounds-blind-with-arbiter
  adjudication:
    rule: two-readers-arbiter # two-readers-arbiter | vote (then atLeast: n)
    pairing: { rule: centre-distance, factor: 1, minDistanceMm: 3 }
collection:
  period: 2024-2025
  inclusion: consecutive chest CT of adults
  exclusion: prior resection
  deidentification: DICOM PS3.15 basic profile
waivers: []                   # - { code: CODE, cases: [c1], reason: why the owner accepts it }
`;
}

function protocolTemplate(task: string): string {
  const criterion = taskProfile(task).defaults.primary;
  return `# What is measured, decided before the run. Everything but \`task\` has a default from the task profile.
schema: medassay/protocol/1
id: my-protocol
version: "1"
task: ${task}
# operatingPoint: submission  # or { threshold: 0.5 }, { falsePositivesPerCase: 1 }, none
primary: ${criterion}
acceptance:
  - { metric: ${criterion}, compare: lower, atLeast: 0.8, clause: "5.1" }
# intervals: { level: 0.95, cluster: patient, replicates: 2000, seed: 20260101 }
# failedCases: count-against  # or exclude
# isolation: { atLeast: L3 }
# attempts: { limit: 3, per: product }
`;
}

/** Answers made elsewhere, for tasks whose recordings are not read. */
function predictionsTemplate(task: string): string {
  return `# What a vendor hands in beside a file of answers, for \`medassay score\`.
schema: medassay/submission/1
id: my-product-1
vendor: My company
product:
  name: { zh-CN: 我的产品, en: My product }
  model: M-1
  version: { release: "1.0", complete: 1.0.0.1 }
task: ${task}
kind: predictions
${taskProfile(task).classes ? "# operatingPoint: { threshold: 0.5 }  # or a threshold a class: { thresholds: { AF: 0.4 } }; not needed where the answers hold labels\n" : ""}training: { summary: what the product was trained on, testDataUsed: false }
`;
}

function submissionTemplate(task: string): string {
  if (taskProfile(task).imageKind === "none") return predictionsTemplate(task);
  const detection = task !== "dr-grading";
  const input = detection
    ? `  - name: volume
    dtype: float32
    shape: [1, 1, depth, height, width]
    axes: [n, c, z(I->S), y(A->P), x(R->L)]
    preprocess:
      - { op: window-intensity, low: -1000, high: 400, toLow: 0, toHigh: 255 }`
    : `  - name: image
    dtype: float32
    shape: [1, 3, 512, 512]
    axes: [n, c, y, x]
    preprocess:
      - { op: to-rgb, range: 0..255 }
      - { op: resize-raster, width: 512, height: 512, convention: antialiased-bilinear }`;
  const output = detection
    ? `  - { name: map, dtype: float32, shape: [1, 5, z, y, x] }
postprocess:
  - { op: decode-centre-heatmap, output: map, stride: 2 }`
    : `  - { name: cumulative, dtype: float32, shape: [1, 4] }
postprocess:
  - { op: decode-cumulative-grades, output: cumulative, label: icdr, referableFrom: 2 }`;
  return `# What a vendor hands in: this file and the model beside it. Operations are listed in docs/operations.md.
schema: medassay/submission/1
id: my-product-1
vendor: My company
product:
  name: { zh-CN: 我的产品, en: My product }
  model: M-1
  version: { release: "1.0", complete: 1.0.0.1 }
task: ${task}
kind: onnx
model: { file: model.onnx, sha256: "0000000000000000000000000000000000000000000000000000000000000000" }
inputs:
${input}
outputs:
${output}
operatingPoint: { threshold: 0.5 }
training: { summary: what the model was trained on, testDataUsed: false }
`;
}

const reportTemplate = () => `# What people add to a report; beside run.json in the run folder.
schema: medassay/report/1
kind: presubmission           # presubmission | commissioned | benchmark | regression
number: MA-2026-0001-R0
date: "2026-01-31"
body: { zh-CN: 我的测试机构, en: My test body }
client: { name: My client, address: My street 1 }
signatories: { prepared: A, reviewed: B, approved: C }
`;

export const templates: Readonly<Record<string, (task: string) => string>> = {
  dataset: datasetTemplate,
  protocol: protocolTemplate,
  submission: submissionTemplate,
  report: reportTemplate,
};
