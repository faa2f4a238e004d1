import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ApprovalProgram, startApprovalProgram } from '../support/approvals/program.ts';
import { PROGRAM } from '../support/program/stdio-server.ts';
import { type App, writerIn } from './apps/app.ts';
import type { Installed } from './install.ts';
import { type Model, startModel } from './model.ts';
import { clientIn, type Place, type Ran } from './run.ts';
import { CONFIG, STEPS } from './steps.ts';
import { type RecordedClient, readWire } from './wire.ts';

const WIRETAP = join(import.meta.dirname, 'wiretap.mjs');

export interface Session {
  exit: Ran['exit'];
  model: Model;
  wire: RecordedClient;
  program: ApprovalProgram;
}

/** One run of a client in a home of its own. The sandbox, the server, the approval page and the model are on loopback. */
export async function runSession(app: App, installed: Installed, place: Place): Promise<Session> {
  const log = join(place.folder, 'wire.jsonl');
  const program = await startApprovalProgram(CONFIG);
  const steps = STEPS.map(({ tool, args }) => ({ tool, args: { ...args, ...app.extra } }));
  const model = await startModel(steps, app.search);
  try {
    const { args, env } = app.start({
      write: writerIn(place.home),
      server: { command: process.execPath, args: [WIRETAP, log, PROGRAM], env: program.server.env },
      model: model.url,
      prompt: 'Make Jane Doe Head of Product.',
    });
    const { exit } = await clientIn(place, app, installed, model.url)(args, { env });
    return { exit, model, wire: readWire(log), program };
  } finally {
    writeFileSync(join(place.folder, 'requests.json'), JSON.stringify(model.bodies(), null, 1));
    model.close();
    await program.stop();
  }
}
