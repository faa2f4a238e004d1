import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { type ApprovalProgram, startApprovalProgram } from '../support/approvals/program.ts';
import { PROGRAM } from '../support/program/stdio-server.ts';
import { type App, writerIn } from './apps/app.ts';
import type { Installed } from './install.ts';
import { type Model, startModel } from './model.ts';
import { CONFIG, STEPS } from './steps.ts';
import { type RecordedClient, readWire } from './wire.ts';

const WIRETAP = join(import.meta.dirname, 'wiretap.mjs');

export interface Session {
  exit: number | string;
  model: Model;
  wire: RecordedClient;
  program: ApprovalProgram;
}

/** One run of a client in a home of its own. The sandbox, the server, the approval page and the model are on loopback. */
export async function runSession(app: App, { executable }: Installed, node: string, folder: string): Promise<Session> {
  const [home, work, log] = [join(folder, 'home'), join(folder, 'work'), join(folder, 'wire.jsonl')];
  for (const path of [home, work]) mkdirSync(path, { recursive: true });
  const program = await startApprovalProgram(CONFIG);
  const steps = STEPS.map(({ tool, args }) => ({ tool, args: { ...args, ...app.extra } }));
  const model = await startModel(steps, app.search);
  try {
    const { args, env } = app.start({
      write: writerIn(home),
      server: { command: process.execPath, args: [WIRETAP, log, PROGRAM], env: program.server.env },
      model: model.url,
      prompt: 'Make Jane Doe Head of Product.',
    });
    const exit = await run(executable, args, { ...clientEnv(home, node, model.url), ...env }, work);
    return { exit, model, wire: readWire(log), program };
  } finally {
    writeFileSync(join(folder, 'requests.json'), JSON.stringify(model.bodies(), null, 1));
    model.close();
    await program.stop();
  }
}

/** The stand-in is the proxy too, so that a client that wants to go elsewhere is noticed and refused. */
function clientEnv(home: string, node: string, proxy: string): Record<string, string> {
  const upper = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: '127.0.0.1,localhost' };
  const lower = Object.fromEntries(Object.entries(upper).map(([name, value]) => [name.toLowerCase(), value]));
  const PATH = [dirname(node), process.env['PATH']].join(delimiter);
  return { ...upper, ...lower, PATH, HOME: home, LANG: 'C.UTF-8', TERM: 'dumb' };
}

async function run(executable: string, args: string[], env: Record<string, string>, cwd: string) {
  const child = spawn(executable, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 150_000 });
  child.stdout.pipe(createWriteStream(join(cwd, '..', 'stdout.txt')));
  child.stderr.pipe(createWriteStream(join(cwd, '..', 'stderr.txt')));
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return code ?? signal ?? '';
}
