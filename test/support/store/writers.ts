import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { expect } from 'vitest';
import type { Where, WriterMode } from './writer.ts';

/** A child process that writes to a store; see writer.ts. */
export interface Child {
  process: ChildProcess;
  /** What it said so far. */
  lines: string[];
  /** Resolves once it has said this many lines. */
  said(count: number): Promise<void>;
  /** Its exit code, null when it was killed. */
  ended: Promise<number | null>;
}

export interface Writers {
  start(name: string, mode: WriterMode, where: Where): Child;
  remove(): Promise<void>;
}

/** Builds writer.ts as one file that Node runs by itself. */
export async function buildWriters(): Promise<Writers> {
  const folder = await mkdtemp(join(tmpdir(), 'writers-'));
  const script = join(folder, 'writer.mjs');
  // Native code cannot be bundled and would not be found from the folder of the test.
  const driver = pathToFileURL(createRequire(import.meta.url).resolve('@photostructure/sqlite')).href;
  await build({
    input: fileURLToPath(new URL('writer.ts', import.meta.url)),
    platform: 'node',
    logLevel: 'silent',
    plugins: [
      {
        name: 'driver',
        resolveId: (id) => (id === '@photostructure/sqlite' ? { id: driver, external: 'absolute' } : undefined),
      },
    ],
    output: { file: script, format: 'esm', codeSplitting: false },
  });
  return {
    start: (name, mode, where) => startChild([script, name, mode, JSON.stringify(where)]),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function startChild(args: string[]): Child {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  return {
    process: child,
    lines,
    said: (count) => expect.poll(() => lines.length, { interval: 2, timeout: 30_000 }).toBeGreaterThanOrEqual(count),
    ended: new Promise((resolve) => child.on('close', resolve)),
  };
}
