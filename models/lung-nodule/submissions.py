"""Writes submission.yaml beside each trained model of this folder: python submissions.py NAME=THRESHOLD ..."""

import hashlib
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
VERSIONS = {
    "registered": (
        "1.0",
        "1.0.0.12",
        "15 phantoms (137 nodules), 160 steps of 8 patches, no mined false positives.",
    ),
    "retrained": (
        "1.0",
        "1.0.1.31",
        "Same graph as 1.0.0.12; 120 phantoms, 450 steps of 8 patches, false positives mined twice.",
    ),
    "redesigned": (
        "2.0",
        "2.0.0.4",
        "New graph (12-16-24 channels, residual); 120 phantoms, 1000 and 600 steps of 8 patches, false positives mined six times.",
    ),
}
TEMPLATE = """schema: medassay/submission/1
id: lung-nodule-{name}
kind: onnx
vendor: medassay (demonstration)
task: lung-nodule-detection
product:
  name: {{ zh-CN: 肺结节CT影像辅助检测软件（演示）, en: Lung nodule CT detection software (demonstration) }}
  model: LND-1
  version: {{ release: "{release}", complete: "{complete}" }}
  intendedUse:
    zh-CN: 仅用于演示测试流程，不得用于临床。
    en: Demonstration of the test process only; not for clinical use.
model:
  file: model.onnx
  sha256: {sha256}
inputs:
  - name: volume
    dtype: float32
    shape: [1, 1, z, y, x]
    axes: [n, c, "z(I->S)", "y(A->P)", "x(R->L)"]
    preprocess:
      - {{ op: lung-box, samplingMm: 4, airBelow: -400, minimumMl: 150, minimumShare: 0.12, marginMm: 6 }}
      - {{ op: resample-grid, spacingMm: [2, 2, 2] }}
      - {{ op: window-intensity, low: -1000, high: 400, toLow: 0, toHigh: 255 }}
      - {{ op: pad-grid, multipleOf: 4, minimum: 16, value: 0 }}
outputs:
  - {{ name: map, dtype: float32, shape: [1, 5, zc, yc, xc] }}
postprocess:
  - {{
      op: decode-centre-heatmap,
      output: map,
      stride: 2,
      referenceMm: 8,
      floor: 0.03,
      suppressionMm: 5,
      maxCandidates: 60,
      label: nodule,
    }}
operatingPoint: {{ threshold: {threshold} }}
training:
  summary: "{summary} Threshold for 1 false positive a case on 30 calibration phantoms of other seeds."
  testDataUsed: false
resources: {{ memoryMb: 1500, secondsPerCase: 10 }}
"""

for argument in sys.argv[1:]:
    name, threshold = argument.split("=")
    release, complete, summary = VERSIONS[name]
    model = (HERE / name / "model.onnx").read_bytes()
    text = TEMPLATE.format(
        name=name,
        release=release,
        complete=complete,
        summary=summary,
        threshold=threshold,
        sha256=hashlib.sha256(model).hexdigest(),
    )
    (HERE / name / "submission.yaml").write_text(text, encoding="utf-8")
