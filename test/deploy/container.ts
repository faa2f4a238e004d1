import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ran, runCommand } from '../support/program/run-program.ts';
import { all, commandOf, finalStage, healthcheckOf, last, pairs } from './dockerfile.ts';
import { addBase } from './image.ts';

/** A container of the image in namespaces of its own: read-only, as the user of the image, the program as process 1. */
export interface Container {
  /** What the program has written to stderr so far. */
  log(): string;
  /** Its number as this machine counts; inside it is 1. */
  pid: number;
  /** Sends SIGTERM and resolves with the exit status. */
  stop(): Promise<number | null>;
  kill(): void;
  /** Runs the command of HEALTHCHECK beside the program. */
  checkHealth(...args: string[]): Promise<Ran>;
}

/**
 * Starts the image of `root` with its command and these arguments. `files`: further folders of the image that are mounted
 * from this machine and can be written, as `{ '/path/in/image': '/path/here' }`.
 */
export async function startContainer(
  root: string,
  args: readonly string[],
  volumes: Readonly<Record<string, string>> = {},
): Promise<Container> {
  const image = finalStage();
  const [uid = '', gid = ''] = last(image, 'USER').text.split(':');
  const env = { PATH: '/node:/usr/bin:/bin', HOME: '/', ...pairs(all(image, 'ENV')) };
  const asUser = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs'];
  const inImage = (command: readonly string[]) => [
    ...['/usr/bin/env', '-i', ...Object.entries(env).map(([name, value]) => `${name}=${value}`)],
    ...[...asUser, ...command],
  ];
  const script = [
    'set -e',
    `mount --bind ${root} ${root}`,
    ...addBase(root),
    `mount --bind /dev ${join(root, 'dev')}`,
    `mount -t proc proc ${join(root, 'proc')}`,
    ...Object.keys(volumes).map((to) => `mkdir -p ${join(root, to)}`),
    `mount -o remount,bind,ro ${root}`,
    ...Object.entries(volumes).map(([to, from]) => `mount --bind ${from} ${join(root, to)}`),
    `exec chroot ${root} "$@"`,
  ].join('\n');
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child=SIGKILL'];
  const outer = spawn(
    'unshare',
    [...namespaces, 'sh', '-c', script, 'sh', ...inImage([...commandOf(image), ...args])],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let text = '';
  const exit = new Promise<number | null>((resolve) => outer.once('close', resolve));
  await new Promise<void>((resolve) => {
    outer.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('listening on')) resolve();
    });
    void exit.then(() => resolve());
  });
  const pid = childOf(outer.pid ?? 0);
  return {
    log: () => text,
    pid,
    stop() {
      process.kill(pid, 'SIGTERM');
      return exit;
    },
    kill: () => void outer.kill('SIGKILL'),
    checkHealth(...more) {
      const enter = [`--target=${pid}`, '--mount', '--pid', '--root', '--wd=/'];
      return runCommand('nsenter', [...enter, ...inImage([...healthcheckOf(image).args, ...more])], {
        env: { PATH: process.env['PATH'] ?? '' },
      });
    },
  };
}

/** The one child of a process; 0 if it has none. */
function childOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
  } catch {
    return 0;
  }
}
