import { createNoticeRules, type NoticeCursors, type NoticeRow, newNoticeRow, toCursor } from '../notices.ts';
import type { ProcessId } from '../process-id.ts';

/** The cursors of notices of a memory store. */
export function createMemoryNotices(processId: ProcessId, now: () => number): NoticeCursors {
  const rules = createNoticeRules(processId, now);
  const rows = new Map<string, NoticeRow>();
  const put = (target: string, row: NoticeRow | undefined): NoticeRow | undefined => {
    if (row) rows.set(target, row);
    return row;
  };
  return {
    async find(target) {
      const row = rows.get(target);
      return row && rules.found(row);
    },
    async register(target, seq) {
      if (!rows.has(target)) rows.set(target, newNoticeRow(seq));
    },
    async claim(target, until) {
      const row = put(target, rules.claimed(rows.get(target), until));
      return row && toCursor(row);
    },
    save: async (target, until, cursor) => put(target, rules.saved(rows.get(target), until, cursor)) !== undefined,
  };
}
