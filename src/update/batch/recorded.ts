import { AppError, ERROR_CODES } from '../../errors.ts';
import type { ListedChange, UserRef } from '../../store/log/entry.ts';
import type { Ports } from '../ports.ts';
import { type Connection, OUTCOMES, type OutcomeName, type Result } from '../types.ts';
import { recover } from '../write/recovery.ts';

/** What the audit log says about the changes of a batch: the truth about what was made before an interruption. */

/** Outcomes after which a change is not tried again. */
const FINAL: readonly OutcomeName[] = ['updated', 'conflict', 'denied', 'refused', 'unverified'];

export function isFinal({ outcome, open }: Pick<ListedChange, 'outcome' | 'open'>): boolean {
  return !open && FINAL.some((name) => name === outcome);
}

/** A recorded change as the result of this call. */
export function toEndedBefore({ provider, connection, userId, outcome, changeId, body }: ListedChange): Result {
  const code = ERROR_CODES.find((one) => one === body.code);
  return {
    kind: 'result',
    outcome: OUTCOMES.find((name) => name === outcome) ?? 'failed',
    provider,
    connection,
    user: { id: userId },
    changes: [],
    ...(code && { code }),
    change_id: changeId,
    message: `Ended ${outcome} before the batch was interrupted; not tried again.`,
  };
}

/** All changes of one batch. */
export interface RecordedChanges {
  /** All of them, newest first. */
  rows: readonly ListedChange[];
  /** The newest entry of each user record that is not about putting it back, by `keyOfRecord`. */
  made: ReadonlyMap<string, ListedChange>;
  /** Those that put back a change of the same batch. */
  putBack: readonly ListedChange[];
}

const PAGE = 500;

/** Reads them; a change in doubt is closed with the truth first. Throws an AppError if one is being written. */
export async function recordedChanges(
  id: string,
  connections: readonly Connection[],
  ports: Ports,
): Promise<RecordedChanges> {
  const rows: ListedChange[] = [];
  for (let before: number | undefined; ; ) {
    const page = await ports.store.list({ batchId: id, limit: PAGE, ...(before !== undefined && { before }) });
    for (const row of page) rows.push(row.open ? await closed(row, connections, ports) : row);
    before = page.at(-1)?.seq;
    if (page.length < PAGE || before === undefined) break;
  }
  const own = new Set(rows.map(({ changeId }) => changeId));
  const isPutBack = ({ body }: ListedChange) => body.undoes !== undefined && own.has(body.undoes);
  const made = new Map<string, ListedChange>();
  for (const row of rows) if (!isPutBack(row) && !made.has(keyOfRecord(row))) made.set(keyOfRecord(row), row);
  return { rows, made, putBack: rows.filter(isPutBack) };
}

/** Names a user record. */
export function keyOfRecord({ provider, connection, userId }: UserRef): string {
  return JSON.stringify([provider, connection, userId]);
}

async function closed(row: ListedChange, connections: readonly Connection[], ports: Ports): Promise<ListedChange> {
  const inDoubt = (await ports.store.inDoubt()).find(({ changeId }) => changeId === row.changeId);
  const connection = connections.find(({ name, provider }) => name === row.connection && provider.id === row.provider);
  if (inDoubt && connection) await recover(inDoubt, connection, ports);
  const [now = row] = await ports.store.list({ changeId: row.changeId, limit: 1 });
  if (!now.open) return now;
  const next = 'Wait until it has ended, then try again.';
  throw new AppError('record_changed', 'A change of this batch is being written at this moment.', { facts: { next } });
}
