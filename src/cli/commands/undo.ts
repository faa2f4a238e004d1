import { userInfo } from 'node:os';
import { createApp } from '../../app.ts';
import { readSettings } from '../../config/load.ts';
import { AppError } from '../../errors.ts';
import { toPlain, toText } from '../../server/mcp/results.ts';
import { spelledOut } from '../../update/confirm/typed-name.ts';
import { type Answer, type Ask, BUILT_IN_CALLERS, type Result } from '../../update/types.ts';
import { failUndo } from '../../update/undo/failure.ts';
import { undoRequest } from '../../update/undo/request.ts';
import { update } from '../../update/update.ts';
import { resolveChangeId } from '../changes/ids.ts';
import type { Called } from '../definitions/command.ts';
import { print } from '../output.ts';
import { openTerminal, Stopped } from '../terminal.ts';

interface UndoOptions {
  reason?: string;
  'dry-run'?: boolean;
  config?: string;
  json?: boolean;
}

export async function run({ values, args: [id = ''] }: Called<UndoOptions>): Promise<number> {
  const app = createApp(await readSettings(process.env, values.config));
  try {
    const ports = await app.ports();
    const undoArguments = {
      change_id: await resolveChangeId(ports.store, id),
      ...(values.reason !== undefined && { reason: values.reason }),
      ...(values['dry-run'] && { dry_run: true }),
    };
    const caller = { principal: BUILT_IN_CALLERS.command, client: `update-user-mcp undo, ${userInfo().username}` };
    const undo = await undoRequest('undo', undoArguments, app.settings.connections, ports).catch(
      async (error: unknown) => {
        if (error instanceof AppError) await failUndo({ tool: 'undo', args: undoArguments, caller }, error, ports);
        throw error;
      },
    );
    const canAsk = process.stdin.isTTY === true;
    const result = await untilResult((answer) =>
      update({ ...undo, caller, canAsk, place: 'terminal', ...(answer && { answer }) }, ports),
    );
    const { kind: _, ...shown } = result;
    print(values.json ? JSON.stringify(toPlain(shown)) : toText(shown));
    return ['updated', 'unchanged', 'preview'].includes(result.outcome) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (values.json) print(JSON.stringify({ outcome: 'failed', code: error.code, message: error.message }));
    else process.stderr.write(`update-user-mcp: ${error.message}\n`);
    return 1;
  } finally {
    await app.shutdown();
  }
}

async function untilResult(attempt: (answer?: Answer) => Promise<Result | Ask>): Promise<Result> {
  for (let outcome = await attempt(); ; ) {
    if (outcome.kind === 'result') return outcome;
    outcome = await attempt(await askAtTerminal(outcome));
  }
}

/** Asks the same question as a client does. Anything but a clear yes is a no. */
async function askAtTerminal({ question, token }: Ask): Promise<Answer> {
  const terminal = openTerminal('undo');
  const answered = () => ({ token, afterMs: Date.now() - token.mintedAt });
  try {
    terminal.say(question.message);
    if (!(await terminal.isYes('Yes, make this change'))) return { ...answered(), action: 'accept', choice: 'no' };
    const overwrite = question.contested
      ? await terminal.isYes(`Also overwrite ${question.contested.join(', ')}, changed since`)
      : false;
    const typed =
      question.typed === undefined ? undefined : await terminal.line(`Type ${spelledOut(question.typed)} to confirm: `);
    return { ...answered(), action: 'accept', choice: 'yes', overwrite, ...(typed !== undefined && { typed }) };
  } catch (error) {
    if (error instanceof Stopped) return { ...answered(), action: 'cancel' };
    throw error;
  } finally {
    terminal.close();
  }
}
