import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathWith } from '../support/program/npm.ts';
import type { App } from './apps/app.ts';
import type { Installed } from './install.ts';

/** A home and a project of a client's own. */
export interface Place {
  folder: string;
  home: string;
  project: string;
}

export interface Ran {
  /** The exit status, or the signal that ended it. */
  exit: number | string;
  /** What it wrote to stdout and stderr. */
  output: string;
}

/** Runs the client with these arguments. */
export type RunClient = (args: readonly string[], options?: RunOptions) => Promise<Ran>;

export interface RunOptions {
  env?: Record<string, string>;
  /** Answers a line of stdout, for a client that is talked to; the line `undefined` is the beginning. */
  talk?(line: string | undefined, child: { send(message: object): void; stop(): void }): void;
}

export function createPlace(folder: string, { bin }: App): Place {
  const own = mkdtempSync(join(folder, `${bin}-run-`));
  const place = { folder: own, home: join(own, 'home'), project: join(own, 'project') };
  for (const path of [place.home, place.project]) mkdirSync(path);
  return place;
}

/**
 * A client in its home, without a terminal. It gets no other variables than these, and `proxy` as its way out, so that a
 * client that wants to go elsewhere is noticed and refused.
 */
export function clientIn(place: Place, app: App, { executable, node }: Installed, proxy: string): RunClient {
  const upper = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: '127.0.0.1,localhost' };
  const lower = Object.fromEntries(Object.entries(upper).map(([name, value]) => [name.toLowerCase(), value]));
  const base = {
    ...upper,
    ...lower,
    PATH: pathWith(node),
    HOME: place.home,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    ...app.env,
  };
  let runs = 0;
  return async (args, { env, talk } = {}) => {
    const child = spawn(executable, args, {
      env: { ...base, ...env },
      cwd: place.project,
      stdio: [talk ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      detached: true, // a group of its own, since some clients start themselves again
    });
    const stop = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL');
    const limit = setTimeout(stop, 150_000);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    if (talk && child.stdout) {
      const other = {
        send: (message: object) => child.stdin?.write(`${JSON.stringify(message)}\n`),
        stop,
      };
      createInterface(child.stdout).on('line', (line) => talk(line, other));
      talk(undefined, other);
    }
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    clearTimeout(limit);
    writeFileSync(join(place.folder, `output-${++runs}.txt`), output);
    return { exit: code ?? signal ?? '', output };
  };
}
