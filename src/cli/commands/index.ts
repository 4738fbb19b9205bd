/** All commands. A new one is one file in this folder and one line here. */
import { adjudicateCommand } from "./adjudicate.js";
import { certifyCommand } from "./certify.js";
import { checkCommand } from "./check.js";
import { compareCommand } from "./compare.js";
import { demoCommand } from "./demo.js";
import { doctorCommand } from "./doctor.js";
import { evaluateCommand } from "./evaluate.js";
import { importCommand } from "./import.js";
import { initCommand } from "./init.js";
import { keygenCommand } from "./keygen.js";
import { openCommand } from "./open.js";
import { planCommand } from "./plan.js";
import { previewCommand } from "./preview.js";
import { reportCommand } from "./report.js";
import { runCommand } from "./run.js";
import { scoreCommand } from "./score.js";
import { sealCommand } from "./seal.js";
import { testCommand } from "./test.js";
import { verifyCommand } from "./verify.js";

export const commands = [
  demoCommand,
  initCommand,
  importCommand,
  checkCommand,
  adjudicateCommand,
  keygenCommand,
  sealCommand,
  openCommand,
  runCommand,
  scoreCommand,
  evaluateCommand,
  reportCommand,
  compareCommand,
  previewCommand,
  verifyCommand,
  testCommand,
  planCommand,
  certifyCommand,
  doctorCommand,
];
