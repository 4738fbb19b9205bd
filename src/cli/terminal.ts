/** What a person sees while a command works: bars on a terminal, plain lines in a log; talk on stderr, results on stdout. */
import type { Language } from "../contract/common.js";

export interface TerminalOptions {
  json: boolean;
  quiet: boolean;
  color: boolean;
  lang: Language;
}

/** Least time between two plain progress lines of the same label, and between two redraws of a bar. */
const lineEveryMs = 5000;
const drawEveryMs = 80;
const barWidth = 28;

const colours = { green: 32, red: 31, yellow: 33, dim: 2, bold: 1 } as const;

/** Columns that a text takes on a terminal: Chinese characters and full-width signs take two. */
export function displayWidth(text: string): number {
  return [...text].reduce(
    (sum, letter) => sum + (/[\u1100-\u115f\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]/.test(letter) ? 2 : 1),
    0,
  );
}

export class Terminal {
  readonly options: TerminalOptions;
  readonly #bars: boolean;
  #drawn = false;
  readonly #active = new Map<string, string>();
  readonly #last = new Map<string, number>();
  readonly #started = new Map<string, number>();

  constructor(options: TerminalOptions) {
    this.options = options;
    this.#bars = process.stderr.isTTY === true && !options.quiet;
  }

  /** Text in the user's language. */
  text(zh: string, en: string): string {
    return this.options.lang === "zh-CN" ? zh : en;
  }

  paint(colour: keyof typeof colours, text: string): string {
    return this.options.color ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text;
  }

  /** A line of talk, on stderr. */
  say(text: string): void {
    if (this.options.quiet) return;
    this.clear();
    process.stderr.write(`${text}\n`);
  }

  /** A result, on stdout: the document with --json, else the text. */
  result(document: unknown, text: string): void {
    this.clear();
    process.stdout.write(this.options.json ? `${JSON.stringify(document, null, 2)}\n` : `${text}\n`);
  }

  /** Progress of a long step. */
  progress(label: string, done: number, total: number): void {
    if (this.options.quiet) return;
    const now = performance.now();
    if (!this.#started.has(label)) this.#started.set(label, now);
    const finished = done >= total;
    const last = this.#last.get(label) ?? -Infinity;
    if (!finished && now - last < (this.#bars ? drawEveryMs : lineEveryMs)) return;
    if (finished && last === Infinity) return;
    this.#last.set(label, finished ? Infinity : now);
    const share = total > 0 ? Math.min(1, done / total) : 1;
    const elapsed = (now - (this.#started.get(label) ?? now)) / 1000;
    const left =
      share > 0.02 && elapsed > 1 && !finished
        ? ` ${this.text("剩余约", "about")} ${Math.ceil((elapsed / share) * (1 - share))} s${this.text("", " left")}`
        : "";
    if (!this.#bars) {
      process.stderr.write(`${label}: ${done}/${total}${finished ? ` (${elapsed.toFixed(1)} s)` : left}\n`);
      return;
    }
    if (finished) {
      this.#active.delete(label);
      this.clear();
      process.stderr.write(`${label} ${"█".repeat(barWidth)} ${done}/${total} ${elapsed.toFixed(1)} s\n`);
    } else {
      const width = Math.max(
        6,
        Math.floor(barWidth / Math.max(1, this.#active.size + (this.#active.has(label) ? 0 : 1))),
      );
      const filled = Math.round(share * width);
      this.#active.set(label, `${label} ${"█".repeat(filled)}${"░".repeat(width - filled)} ${done}/${total}${left}`);
    }
    this.#draw();
  }

  /** All steps that run now, in one line. */
  #draw(): void {
    if (this.#active.size === 0) return;
    const line = [...this.#active.values()].join(" │ ");
    process.stderr.write(`\r\u001b[2K${line.slice(0, (process.stderr.columns ?? 100) - 1)}`);
    this.#drawn = true;
  }

  /** Removes a bar that stands unfinished. */
  clear(): void {
    if (!this.#drawn) return;
    process.stderr.write("\r\u001b[2K");
    this.#drawn = false;
  }
}
