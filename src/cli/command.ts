/** What a command is: one file in `commands/` exports its definition, listed in `main.ts`. */
import type { Argv, InferredOptionTypes, Options } from "yargs";
import { exitCodes, type ExitCode } from "../contract/errors.js";
import type { Terminal } from "./terminal.js";

export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly jobs: number;
}

/** An option; `describe` is English, `zh` the same in Chinese. */
export type Option = Options & { readonly zh?: string };

export interface Command<P extends Record<string, Option>> {
  /** As yargs writes it: `run <dataset> <submissions..>`. */
  readonly usage: string;
  readonly describe: { readonly "zh-CN": string; readonly en: string };
  readonly options: P;
  /** Positional arguments: name -> what it is. */
  readonly positionals: Readonly<Record<string, { "zh-CN": string; en: string }>>;
  handle(args: InferredOptionTypes<P> & { [name: string]: unknown }, context: CommandContext): Promise<ExitCode>;
}

/** Keeps the types of a command's options. */
export function defineCommand<P extends Record<string, Option>>(command: Command<P>): Command<Record<string, Option>> {
  return command as unknown as Command<Record<string, Option>>;
}

/** Adds a command's arguments to yargs. */
export function build(command: Command<Record<string, Option>>, lang: "zh-CN" | "en", yargs: Argv): Argv {
  for (const [name, describe] of Object.entries(command.positionals)) {
    yargs.positional(name, { type: "string", describe: describe[lang] });
  }
  const options = Object.entries(command.options).map(([name, { zh, ...option }]): [string, Options] => [
    name,
    lang === "zh-CN" && zh !== undefined ? { ...option, describe: zh } : option,
  ]);
  return yargs.options(Object.fromEntries(options));
}

const order: readonly ExitCode[] = [
  exitCodes.fault,
  exitCodes.storage,
  exitCodes.verification,
  exitCodes.submission,
  exitCodes.gate,
  exitCodes.negative,
  exitCodes.undetermined,
];

/** The exit code that counts where several apply. */
export function weightiest(codes: readonly ExitCode[]): ExitCode {
  return order.find((code) => codes.includes(code)) ?? exitCodes.done;
}

/** A required option as text. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : String(value);
}
