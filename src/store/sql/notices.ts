import { createNoticeRules, type NoticeCursors, type NoticeRow, newNoticeRow, toCursor } from '../notices.ts';
import type { ProcessId } from '../process-id.ts';
import type { SqlAccess } from './approvals.ts';
import { type Dialect, type Procedure, query, type Row, type Value } from './dialect.ts';

const columns = ['target', 'seq', 'attempts', 'failing_since', 'next_at', 'holder', 'held_until'] as const;

/** The cursors of notices in a database. */
export function createSqlNotices(
  dialect: Dialect,
  { read, write, now }: Pick<SqlAccess, 'read' | 'write' | 'now'>,
  processId: ProcessId,
): NoticeCursors {
  const rules = createNoticeRules(processId, now);
  const { tables } = dialect;
  const table = tables.notice_targets;
  const sql = {
    find: `SELECT t.seq AS seq, t.attempts AS attempts, t.failing_since AS failing_since, t.next_at AS next_at,
        ${dialect.selectText('t', 'holder')}, t.held_until AS held_until FROM ${table} t WHERE t.target = $1`,
    add: `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((_, i) => `$${i + 1}`).join(', ')})
      ON CONFLICT (target) DO NOTHING`,
    update: `UPDATE ${table} SET seq = $2, attempts = $3, failing_since = $4, next_at = $5, holder = $6, held_until = $7
      WHERE target = $1`,
  };
  const toRow = ([row]: Row[]): NoticeRow | undefined =>
    row && {
      seq: Number(row['seq']),
      attempts: Number(row['attempts']),
      failingSince: row['failing_since'] === null ? undefined : Number(row['failing_since']),
      nextAt: Number(row['next_at']),
      holder: dialect.toText(row['holder']),
      heldUntil: Number(row['held_until']),
    };
  function* put(target: string, row: NoticeRow | undefined): Procedure<NoticeRow | undefined> {
    if (row) yield* query(sql.update, toValues(target, row));
    return row;
  }

  return {
    async find(target) {
      const row = toRow(await read(sql.find, [target]));
      return row && rules.found(row);
    },
    async register(target, seq) {
      await write(function* () {
        yield* query(sql.add, toValues(target, newNoticeRow(seq)));
      });
    },
    claim: (target, until) =>
      write(function* () {
        const row = yield* put(target, rules.claimed(toRow(yield* query(sql.find, [target])), until));
        return row && toCursor(row);
      }),
    save: (target, until, cursor) =>
      write(function* () {
        const row = yield* put(target, rules.saved(toRow(yield* query(sql.find, [target])), until, cursor));
        return row !== undefined;
      }),
  };
}

/** The columns hold whole milliseconds only. */
function toValues(target: string, row: NoticeRow): Value[] {
  const { seq, attempts, failingSince, nextAt, holder, heldUntil } = row;
  const since = failingSince === undefined ? null : Math.floor(failingSince);
  return [target, seq, attempts, since, Math.ceil(nextAt), holder, Math.ceil(heldUntil)];
}
