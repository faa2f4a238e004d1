import { userInfo } from 'node:os';
import { createApp } from '../../app.ts';
import { readSettings } from '../../config/load.ts';
import { AppError } from '../../errors.ts';
import { toPlain, toText } from '../../server/mcp/results.ts';
import { isBatchId, readBatchUndo, undoBatch } from '../../update/batch/undo.ts';
import type { Ports } from '../../update/ports.ts';
import { type Answer, type Ask, BUILT_IN_CALLERS, type Connection, type Result } from '../../update/types.ts';
import { failUndo } from '../../update/undo/failure.ts';
import { undoRequest } from '../../update/undo/request.ts';
import { update } from '../../update/update.ts';
import { isGood } from '../apply/result-text.ts';
import { openSession } from '../apply/session.ts';
import { answerAtTerminal } from '../asking/at-terminal.ts';
import { resolveChangeId } from '../changes/ids.ts';
import type { Called } from '../definitions/command.ts';
import { print } from '../output.ts';

interface UndoOptions {
  reason?: string;
  'dry-run'?: boolean;
  config?: string;
  json?: boolean;
}

/** `undo ID`: of a change, or of a batch. */
export async function run({ values, args: [given = ''] }: Called<UndoOptions>): Promise<number> {
  const app = createApp(await readSettings(process.env, values.config));
  try {
    const ports = await app.ports();
    const id = await resolveChangeId(ports.store, given);
    const { connections } = app.settings;
    if (await isBatchId(id, ports)) return await undoWhole(id, values, connections, ports);
    return await undoOne(id, values, connections, ports);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (values.json) print(JSON.stringify({ outcome: 'failed', code: error.code, message: error.message }));
    else process.stderr.write(`update-user-mcp: ${error.message}\n`);
    return 1;
  } finally {
    await app.shutdown();
  }
}

const caller = { principal: BUILT_IN_CALLERS.command, client: `update-user-mcp undo, ${userInfo().username}` };

async function undoOne(
  id: string,
  values: UndoOptions,
  connections: readonly Connection[],
  ports: Ports,
): Promise<number> {
  const args = { change_id: id, ...argumentsOf(values) };
  const undo = await undoRequest('undo', args, connections, ports).catch(async (error: unknown) => {
    if (error instanceof AppError) await failUndo({ tool: 'undo', args, caller }, error, ports);
    throw error;
  });
  const canAsk = process.stdin.isTTY === true;
  const result = await untilResult((answer) =>
    update({ ...undo, caller, canAsk, place: 'terminal', ...(answer && { answer }) }, ports),
  );
  const { kind: _, ...shown } = result;
  print(values.json ? JSON.stringify(toPlain(shown)) : toText(shown));
  return isGood(result) ? 0 : 1;
}

/** All changes of a batch, with one question. */
async function undoWhole(
  id: string,
  values: UndoOptions,
  connections: readonly Connection[],
  ports: Ports,
): Promise<number> {
  const session = openSession({ command: 'undo', json: values.json ? 'whole' : undefined });
  try {
    const args = { batch_id: id, ...argumentsOf(values) };
    const undo = await readBatchUndo(args, { ...session.origin, tool: 'undo', caller }, connections, ports);
    return await session.run(
      undo.batch,
      [],
      (answer) => undoBatch(undo, ports, { ...(answer && { answer }) }),
      ports.store,
    );
  } finally {
    session.close();
  }
}

function argumentsOf({ reason, 'dry-run': dryRun }: UndoOptions): { reason?: string; dry_run?: boolean } {
  return { ...(reason !== undefined && { reason }), ...(dryRun && { dry_run: true }) };
}

async function untilResult(attempt: (answer?: Answer) => Promise<Result | Ask>): Promise<Result> {
  for (let outcome = await attempt(); ; ) {
    if (outcome.kind === 'result') return outcome;
    const { message: text } = outcome.question;
    outcome = await attempt(await answerAtTerminal(outcome, { command: 'undo', text, yes: 'Yes, make this change' }));
  }
}
