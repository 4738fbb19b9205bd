/** Import boundaries between the rooms, made from the one table that also draws docs/architecture.md. */
import { rooms } from "./scripts/rooms.mjs";

const order = rooms.map(({ name }) => name);

const downward = order
  .map((room, at) => ({
    name: `${room}-imports-downward`,
    comment: `${room}/ may import only what stands below it`,
    severity: "error",
    from: { path: `^src/${room}/` },
    to: { path: `^src/(${order.slice(0, at).join("|")})/` },
  }))
  .filter((_, at) => at > 0);

export default {
  forbidden: [
    ...downward,
    { name: "no-circles", severity: "error", from: { path: "^(src|datasets)" }, to: { circular: true } },
    {
      name: "no-unknown-room",
      comment: "every folder of src/ is a room of the table",
      severity: "error",
      from: {},
      to: { path: "^src/[^/]+/", pathNot: `^src/(${order.join("|")})/` },
    },
    {
      name: "blindness",
      comment: "code that runs or admits a model can't reach truth, scoring, or more of datasets/ than the case index",
      severity: "error",
      from: { path: "^src/(inference|submissions)/" },
      to: {
        path: "^src/(evaluation|tasks|metrics|datasets)/",
        pathNot: "^src/datasets/(index-document|folder)\\.ts$",
        reachable: true,
      },
    },
    {
      name: "truth-is-opened-in-two-rooms",
      comment: "only datasets/ and evaluation/ may import truth.ts",
      severity: "error",
      from: { pathNot: "^(src/(datasets|evaluation)/|test/)" },
      to: { path: "^src/datasets/truth\\.ts$" },
    },
    {
      name: "only-the-child-runs-models",
      comment: "ONNX Runtime is loaded in child processes only",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/inference/model-session\\.ts$" },
      to: { path: "onnxruntime-node", pathNot: "package\\.json$" },
    },
    {
      name: "numbers-are-pure",
      comment: "stats/ and metrics/ have no files, no processes, no network",
      severity: "error",
      from: { path: "^src/(stats|metrics)/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "src-stands-alone",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/cli/" },
      to: { path: "^(test|bench|models|datasets)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
