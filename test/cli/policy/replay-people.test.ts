import { describe, expect, it } from 'vitest';
import { readPeopleCounts } from '../../../src/cli/policy/replay-people.ts';
import type { EntryBody } from '../../../src/store/log/entry.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { Rule } from '../../../src/update/policy/rules.ts';
import { recordedField } from '../../support/pipeline/redacted.ts';
import { providerOf } from '../../support/pipeline/requests.ts';

/** Counts from an audit log that was written as the pipeline writes it. */

const MINUTE = 60_000;
const few: Rule = { field: '*.title', people: '<=2', decision: 'allow' };
const connection = { name: 'main', provider: providerOf('atlassian'), settings: {} };

function createLog() {
  let time = Date.parse('2026-01-31T00:00:00Z');
  const store = createMemoryStore(createProcessId(), { now: () => time });
  const entryOf = (id: string, more: Partial<EntryBody>) => ({
    provider: 'atlassian',
    connection: 'main',
    userId: id.split('/')[0] ?? id,
    changeId: id,
    outcome: 'unverified',
    body: {
      tool: 't',
      caller: 'sync',
      verdict: 'confirm',
      rule: 'built-in',
      fields: [recordedField('title', 'A', 'B')],
      ...more,
    },
  });
  return {
    store,
    /** Changes `user/number` after that many minutes. */
    async change(minutes: number, id: string, more: Partial<EntryBody> = {}) {
      time += minutes * MINUTE;
      await store.open({ entry: entryOf(id, more), since: Number.MAX_SAFE_INTEGER });
      await store.close(id, 'updated', entryOf(id, more).body);
    },
    async attempt(id: string, more: Partial<EntryBody> = {}) {
      await store.attempt({ ...entryOf(id, more), outcome: 'denied' });
    },
    async count(ids: string[], rules: Rule[] = [few], since?: string) {
      const of = await readPeopleCounts({ store, rules, connectionOf: () => connection, keysOf: () => [], since });
      return ids.map((changeId) => of({ changeId })(rules.at(-1) ?? few));
    },
  };
}

describe('the counts of recorded changes', () => {
  it('are those of the hour before, by caller', async () => {
    const log = createLog();
    await log.change(0, '1/a');
    await log.change(30, '2/a');
    await log.change(0, '9/a', { caller: 'other' });
    await log.change(20, '1/b');
    await log.change(45, '3/a');
    expect(await log.count(['1/a', '2/a', '9/a', '1/b', '3/a'])).toEqual([1, 2, 1, 2, 2]);
  });

  it('do not have what was not written, but are known of it', async () => {
    const log = createLog();
    await log.attempt('1/a');
    await log.change(1, '2/a');
    await log.attempt('3/a');
    expect(await log.count(['1/a', '2/a', '3/a'])).toEqual([1, 1, 2]);
  });

  it('follow the order of the rules', async () => {
    const log = createLog();
    const many: Rule = { field: '*.title', people: '>1', decision: 'deny' };
    for (const id of ['1', '2', '3', '4', '5']) await log.change(1, `${id}/a`);
    // The first two are decided by the first rule, and do not count for the second.
    expect(await log.count(['3/a', '4/a', '5/a'], [few, many])).toEqual([1, 2, 3]);
  });

  it('see the user records of a batch as a whole', async () => {
    const log = createLog();
    for (const id of ['1', '2', '3']) await log.change(1, `${id}/a`, { batchId: 'b' });
    await log.change(1, '4/a');
    expect(await log.count(['1/a', '2/a', '3/a', '4/a'])).toEqual([3, 3, 3, 4]);
  });

  it('cannot be told where it is masked whether another change counts', async () => {
    const log = createLog();
    const leavers: Rule = { field: '*.title', newValue: 'CEO', people: '<=2', decision: 'allow' };
    const cut = { cut: 'CEO of', characters: 5000, hash: 'f00d' };
    await log.change(0, '1/a', { fields: [recordedField('title', 'A', 'CEO')] });
    await log.change(0, '2/a', { fields: [recordedField('title', 'A', cut)] });
    await log.change(0, '3/a', { fields: [recordedField('title', 'A', 'CEO')] });
    await log.change(0, '4/a', { fields: [recordedField('title', 'A', 'CEO')] });
    expect(await log.count(['1/a', '3/a', '4/a'], [leavers])).toEqual([1, undefined, 3]);
  });

  it('go back beyond the time that is asked about', async () => {
    const log = createLog();
    await log.change(0, '1/a');
    await log.change(30, '2/a');
    expect(await log.count(['2/a'], [few], '2026-01-31T00:20:00Z')).toEqual([2]);
  });

  it('are not looked for where no rule asks', async () => {
    const { store } = createLog();
    const unread = { ...store, entries: () => expect.unreachable() };
    const rules: Rule[] = [{ decision: 'allow' }];
    await readPeopleCounts({
      store: unread,
      rules,
      connectionOf: () => connection,
      keysOf: () => [],
      since: undefined,
    });
  });
});
