import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { UsageError } from '../errors.ts';

/** Asks a person at the terminal; throws Stopped when they close it. Prompts go to stderr: stdout is what scripts read. */
export interface Terminal {
  line(prompt: string): Promise<string>;
  /** Without echo. */
  secret(prompt: string): Promise<string>;
  /** Anything but a clear yes is a no. */
  isYes(prompt: string): Promise<boolean>;
  say(text: string): void;
  close(): void;
}

/** Ctrl-C or Ctrl-D instead of an answer. */
export class Stopped extends Error {
  constructor() {
    super('Stopped; nothing was recorded.');
  }
}

/** Throws a UsageError where stdin is no terminal: a passphrase is never taken from a pipe, which a program could fill. */
export function openTerminal(what: string): Terminal {
  if (!process.stdin.isTTY) throw new UsageError(`${what} asks for a passphrase and needs a terminal to ask at`);
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
  let over = false;
  reader.on('line', (line) => {
    if (next) next.resolve(line);
    else typedAhead.push(line);
    next = undefined;
  });
  reader.on('close', () => {
    over = true;
    if (next) process.stderr.write('\n');
    next?.reject(new Stopped());
  });

  async function ask(prompt: string, hidden: boolean): Promise<string> {
    process.stderr.write(prompt);
    muted = hidden;
    // What readline redraws while a line is edited starts with the prompt it knows of.
    reader.setPrompt(prompt);
    try {
      const early = typedAhead.shift();
      if (early !== undefined) return early;
      if (over) throw new Stopped();
      return await new Promise<string>((resolve, reject) => {
        next = { resolve, reject };
      });
    } finally {
      muted = false;
      if (hidden) process.stderr.write('\n');
    }
  }

  return {
    line: async (prompt) => await ask(prompt, false),
    secret: async (prompt) => await ask(prompt, true),
    isYes: async (prompt) => /^y(es)?$/i.test((await ask(`${prompt} [y/N] `, false)).trim()),
    say: (text) => void process.stderr.write(`${text}\n`),
    close: () => reader.close(),
  };
}
