import { Readable } from 'node:stream';
import { vi } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import type { Ran } from './run-program.ts';

/**
 * What `runProgram` does, in this process: for tests of what a command reads and prints, which need no process of their
 * own. One call at a time, of a command that leaves nothing running. `input` goes to stdin, which is no terminal.
 */
export async function callProgram(args: readonly string[], env: Record<string, string>, input = ''): Promise<Ran> {
  for (const name of Object.keys(process.env)) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const [stdout, stderr] = [collect(process.stdout), collect(process.stderr)];
  const stdin = vi.spyOn(process, 'stdin', 'get').mockReturnValue(inputOf(input));
  try {
    return { code: await main(args), stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    stdout.stop();
    stderr.stop();
    stdin.mockRestore();
    vi.unstubAllEnvs();
  }
}

function inputOf(text: string): typeof process.stdin {
  return Readable.from(text === '' ? [] : [Buffer.from(text)]) as typeof process.stdin;
}

function collect(stream: NodeJS.WriteStream): { text(): string; stop(): void } {
  let text = '';
  const spy = vi.spyOn(stream, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  return { text: () => text, stop: () => spy.mockRestore() };
}
