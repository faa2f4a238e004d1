import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonRecord, Sandbox } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { PROGRAM, type StdioServer } from './stdio-server.ts';

/** `apply`, and `undo` of a batch, of the built program, without a terminal. */

export interface AppliedLine {
  line?: number;
  user_id: string | null;
  outcome: string;
  code?: string;
  change_id?: string;
}

export interface Applied {
  /** Null after a kill. */
  code: number | null;
  stdout: string;
  stderr: string;
  /** What `--json` printed for each person. */
  lines: AppliedLine[];
  /** What it printed last. */
  last: { batch_id: string; counts: Record<string, number> } | undefined;
}

/** Writes a file into the folder of the server, and returns its path. */
export function fileIn({ dir }: Pick<StdioServer, 'dir'>, name: string, text: string | Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

/** Runs `apply` with `--json`; `onStart` gets the process. */
export async function applyJson(
  env: Record<string, string>,
  args: readonly string[],
  onStart?: (child: ChildProcess) => void,
): Promise<Applied> {
  return await runJson(env, ['apply', ...args], onStart);
}

/** Runs a command with `--json`; `onStart` gets the process. */
export function runJson(
  env: Record<string, string>,
  words: readonly string[],
  onStart: (child: ChildProcess) => void = () => {},
): Promise<Applied> {
  const child = spawn(process.execPath, [PROGRAM, ...words, '--json'], {
    env: { ...env, UPDATE_USER_LOG: 'error' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  onStart(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const objects = stdout.split('\n').flatMap(parsed);
      const last = objects.find((one) => 'counts' in one) as Applied['last'];
      resolve({ code, stdout, stderr, lines: objects.filter((one) => 'outcome' in one) as AppliedLine[], last });
    });
  });
}

/** The last line of a program that was killed may be cut. */
function parsed(line: string): object[] {
  try {
    return [JSON.parse(line) as object];
  } catch {
    return [];
  }
}

/** Adds so many people like Jane to awork, and returns their ids. */
export function addPeople({ vendors }: Sandbox, count: number): string[] {
  const { users } = vendors.awork;
  const jane = users.get(idOf('awork', 'jane')) ?? {};
  return Array.from({ length: count }, (_, at) => {
    const id = `aaaaaaaa-0000-4000-8000-${String(users.size).padStart(12, '0')}`;
    users.set(id, { ...structuredClone(jane), id, firstName: `Person ${at}`, position: 'Engineer' } as JsonRecord);
    return id;
  });
}

/** The new position of everyone, as CSV. */
export function positions(ids: readonly string[], position = 'Lead'): string {
  return ['user_id,position', ...ids.map((id) => `${id},${position}`), ''].join('\r\n');
}
