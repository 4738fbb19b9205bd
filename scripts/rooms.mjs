/** The rooms of src/ from top to bottom: a room may import what stands below it. Lint and docs are made from this table. */
export const rooms = [
  { name: "cli", owns: "one file a command: arguments, progress, exit code", never: "computing" },
  {
    name: "report",
    owns: "documents of the contract to HTML, Markdown, CSV, JUnit; charts, wording in both languages",
    never: "images, truth, models; recomputing a number",
  },
  {
    name: "evaluation",
    owns: "join predictions with truth; strata; acceptance; agreement; comparison; disclosure; verification",
    never: "pixels, models",
  },
  {
    name: "inference",
    owns: "the parent that schedules, the child that runs, isolation, limits, the journal; declared operations",
    never: "truth in any form",
  },
  {
    name: "submissions",
    owns: "the manifest, admission: hashes, static scan, declared against real inputs and outputs",
    never: "running anything unbounded",
  },
  {
    name: "datasets",
    owns: "the test set: importers, index, gates, adjudication, sealing and opening of truth",
    never: "models, metrics",
  },
  { name: "tasks", owns: "what a test is about: answer forms and one profile a clinical task", never: "files" },
  { name: "metrics", owns: "one file a metric: names, formula, source, estimator, interval", never: "files, strata" },
  { name: "annotations", owns: "annotation formats to findings", never: "choosing who is right" },
  { name: "imaging", owns: "bytes to pixels and volumes", never: "knowing what a case or a dataset is" },
  {
    name: "geometry",
    owns: "patient space: boxes, spheres, masks, connected components, distances between surfaces",
    never: "files",
  },
  { name: "stats", owns: "distributions, intervals, tests, resampling, random streams", never: "domain nouns, files" },
  { name: "storage", owns: "atomic writes, journals, hashing, canonical JSON, encryption", never: "domain nouns" },
  {
    name: "contract",
    owns: "every document that goes in or out: type, schema, version; error codes",
    never: "behaviour",
  },
];
