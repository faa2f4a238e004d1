import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { UsageError } from '../errors.ts';

/** Asks at the terminal; throws Stopped when it is closed. Prompts go to stderr, since scripts read stdout. */
export interface Terminal {
  line(prompt: string): Promise<string>;
  /** Reads without echo. */
  secret(prompt: string): Promise<string>;
  /** False for anything but `y` or `yes`. */
  isYes(prompt: string): Promise<boolean>;
  say(text: string): void;
  close(): void;
}

/** Ctrl-C or Ctrl-D in place of an answer. */
export class Stopped extends Error {
  /** 128 + SIGINT, as shells report a command that Ctrl-C ended. */
  readonly exitCode: number;

  constructor(isInterrupted: boolean) {
    super('Stopped; nothing was recorded.');
    this.exitCode = isInterrupted ? 130 : 1;
  }
}

/** Throws a UsageError if stdin is not a terminal: a program could write the passphrase into a pipe. */
export function openTerminal(command: string): Terminal {
  if (!process.stdin.isTTY)
    throw new UsageError(
      `${command} asks questions and needs a terminal; for scripts: update-user-mcp help ${command}`,
    );
  let muted = false;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!muted) process.stderr.write(chunk);
      done();
    },
  });
  const reader = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  const typedAhead: string[] = [];
  let next: { resolve(line: string): void; reject(error: Error): void } | undefined;
  let isClosed = false;
  let isInterrupted = false;
  reader.on('SIGINT', () => {
    isInterrupted = true;
    reader.close();
  });
  reader.on('line', (line) => {
    if (next) next.resolve(line);
    else typedAhead.push(line);
    next = undefined;
  });
  reader.on('close', () => {
    isClosed = true;
    if (next) process.stderr.write('\n');
    next?.reject(new Stopped(isInterrupted));
  });

  async function ask(prompt: string, echo: 'visible' | 'hidden' = 'visible'): Promise<string> {
    process.stderr.write(prompt);
    muted = echo === 'hidden';
    // readline redraws the line with its own prompt while it is edited.
    reader.setPrompt(prompt);
    try {
      const early = typedAhead.shift();
      if (early !== undefined) return early;
      if (isClosed) throw new Stopped(isInterrupted);
      return await new Promise<string>((resolve, reject) => {
        next = { resolve, reject };
      });
    } finally {
      muted = false;
      if (echo === 'hidden') process.stderr.write('\n');
    }
  }

  return {
    line: async (prompt) => await ask(prompt),
    secret: async (prompt) => await ask(prompt, 'hidden'),
    isYes: async (prompt) => /^y(es)?$/i.test((await ask(`${prompt} [y/N] `)).trim()),
    say: (text) => void process.stderr.write(`${text}\n`),
    close: () => reader.close(),
  };
}
