import type { Answer, Result, UpdateReply } from '../../../src/update/types.ts';
import { undoRequest } from '../../../src/update/undo/request.ts';
import { update } from '../../../src/update/update.ts';
import type { Pipeline } from './pipeline.ts';

/** Undoes a change as `undo_change` does. `overwrite` is the separate yes for contested fields. */
export async function undo(
  { app }: Pipeline,
  changeId: string,
  { overwrite = true, canAsk = true, dryRun = false }: { overwrite?: boolean; canAsk?: boolean; dryRun?: boolean } = {},
): Promise<Result & { question?: string }> {
  const ports = await app.ports();
  const wanted = { change_id: changeId, dry_run: dryRun };
  const request = await undoRequest('undo_change', wanted, app.settings.connections, ports);
  const attempt = (answer?: Answer): Promise<UpdateReply> =>
    update(
      {
        ...request,
        caller: { principal: 'local', client: 'tests 1.0' },
        canAsk,
        signal: new AbortController().signal,
        ...(answer && { answer }),
      },
      ports,
    );
  const first = await attempt();
  if (first.kind === 'result') return first;
  const { token, question } = first;
  const typed = question.typed;
  const second = await attempt({
    token,
    action: 'accept',
    choice: 'yes',
    afterMs: 2000,
    overwrite,
    ...(typed !== undefined && { typed }),
  });
  if (second.kind === 'ask') throw new Error('asked a second time');
  return { ...second, question: question.message };
}
