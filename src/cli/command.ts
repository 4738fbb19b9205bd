/** What a command is: one file in `commands/` exports its definition, listed in `main.ts`. */
import type { Argv, InferredOptionTypes, Options } from "yargs";
import { exitCodes, fail, type ExitCode } from "../contract/errors.js";
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
  const numbers: string[] = [];
  const options = Object.entries(command.options).map(([name, { zh, ...option }]): [string, Options] => {
    const described = lang === "zh-CN" && zh !== undefined ? { ...option, describe: zh } : option;
    if (described.type !== "number") return [name, described];
    // Without a type a number is read as one and anything else kept, so that a message can show it, not NaN.
    const { type: _, ...untyped } = described;
    numbers.push(name);
    return [name, { ...untyped, requiresArg: true }];
  });
  return yargs.options(Object.fromEntries(options)).check((args) => {
    for (const name of numbers) {
      const given = args[name];
      if (given !== undefined && typeof given !== "number") {
        fail("USAGE", `--${name} is ${text(given)}, not a number`, { hint: "Write a number such as 0.8." });
      }
    }
    return true;
  });
}

const order: readonly ExitCode[] = [
  exitCodes.fault,
  exitCodes.storage,
  exitCodes.verification,
  exitCodes.submission,
  exitCodes.gate,
  exitCodes.usage,
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
