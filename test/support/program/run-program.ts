import { spawn } from 'node:child_process';
import { PROGRAM } from './stdio-server.ts';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the built program with an environment of its own, without a terminal. */
export function runProgram(args: readonly string[], env: Record<string, string>): Promise<Ran> {
  return runNode([PROGRAM, ...args], env);
}

/** Runs Node with these arguments. */
export function runNode(args: readonly string[], env: Record<string, string>): Promise<Ran> {
  return runCommand(process.execPath, args, { env: { PATH: process.env['PATH'] ?? '', ...env } });
}

/** Runs a command without input. Rejects if it cannot be started. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { env: Record<string, string>; cwd?: string },
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}
