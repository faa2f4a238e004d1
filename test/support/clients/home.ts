import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Client } from '../../../src/cli/clients/client.ts';
import { type Ran, runCommand } from '../program/run-program.ts';
import { PROGRAM } from '../program/stdio-server.ts';

/** A home folder and a project that are removed after the test. */
export interface TestHome {
  home: string;
  project: string;
  /** Where the client looks for its file. */
  fileOf(client: Client): string;
  /** Writes the file of a client, with the folders it is in. */
  write(client: Client, text: string | Uint8Array): string;
  read(client: Client): string;
  /** Runs `init` in the project. */
  init(...args: string[]): Promise<Ran>;
}

export function createHome(env: Record<string, string> = {}): TestHome {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'update-user-init-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [home, project] = [join(root, 'home'), join(root, 'project')];
  for (const folder of [home, project]) mkdirSync(folder);
  const fileOf = (client: Client) => {
    const files = client.userFiles({ platform: process.platform, home, env: {} });
    return files.at(-1) ?? '';
  };
  return {
    home,
    project,
    fileOf,
    write(client, text) {
      const file = fileOf(client);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    },
    read: (client) => readFileSync(fileOf(client), 'utf8'),
    init: (...args) =>
      runCommand(process.execPath, [PROGRAM, 'init', ...args], { env: { HOME: home, ...env }, cwd: project }),
  };
}
