import { describe, expect, it } from 'vitest';
import { idOf } from '../../../../src/sandbox/people.ts';
import { batchCall, type GivenChange, runToEnd } from '../../../support/pipeline/batch.ts';
import { putsAt, startPipeline } from '../../../support/pipeline/pipeline.ts';

/** What an all-or-nothing batch cannot make is said before anything is written, also in a dry run. */

const [jane, john] = [idOf('atlassian', 'jane'), idOf('atlassian', 'john')];
const set = (user_id: string, values: Record<string, unknown>): GivenChange => ({
  at: 'atlassian',
  args: { user_id, set: values },
});
const title = (user_id: string) => set(user_id, { title: 'Lead' });
const NONE = 'All or nothing: as they are, none of them would be made.';
const ALLOWED = { field: '*', decision: 'allow' };

/** MediaSilo documents no way to empty a number, and John has none. */
const cannotBeEmptied: GivenChange = {
  at: 'mediasilo',
  args: { user_id: idOf('mediasilo', 'john'), set: { mobile: '+44 20 7946 0199' } },
};
/** Jane is a product manager. */
const back = (decision: string) => ({ field: '*.title', newValue: 'Product Manager', decision });

const IRREVERSIBLE = [
  ['a field that cannot be emptied again', [ALLOWED], cannotBeEmptied, 'mobile cannot be emptied again'],
  ['a rule that denies putting it back', [back('deny'), ALLOWED], title(jane), 'policy forbids putting it back'],
  ['a rule that leaves out putting it back', [back('strip'), ALLOWED], title(jane), 'policy leaves out title'],
] as const;

describe('a change that could not be put back', () => {
  it.each(IRREVERSIBLE)('fails with all the others: %s', async (_, rules, change, why) => {
    const pipeline = await startPipeline({ config: { policy: { rules } } });
    const other = title(idOf('atlassian', 'priya'));
    const call = batchCall(pipeline, [other, change], { allOrNothing: true });
    const { results, outcome } = await runToEnd(pipeline, call);
    expect(outcome).toBe('failed');
    expect(results.map(({ code }) => code)).toEqual(['not_started', 'invalid_input']);
    expect(results[1]?.message).toContain(`All or nothing is not possible with this change: ${why}`);
    const [entry, ...more] = await (await pipeline.app.store()).list({ batchId: call.id, limit: 10 });
    expect(entry).toMatchObject({
      changeId: results[1]?.change_id,
      outcome: 'failed',
      body: { code: 'invalid_input' },
    });
    expect(entry?.body.fields).toHaveLength(1);
    expect(more).toEqual([]);
    for (const at of ['atlassian', 'mediasilo'] as const) expect(putsAt(pipeline.sandbox, at)).toEqual([]);
  });

  it.each(IRREVERSIBLE)('is named by a dry run: %s', async (_, rules, change, why) => {
    const pipeline = await startPipeline({ config: { policy: { rules } } });
    const changes = [title(idOf('atlassian', 'priya')), change];
    const more = { allOrNothing: true, dryRun: true };
    const { results, message, next } = await runToEnd(pipeline, batchCall(pipeline, changes, more));
    expect(results.map(({ outcome }) => outcome)).toEqual(['preview', 'failed']);
    expect(results[1]?.message).toContain(why);
    expect([message, next]).toEqual([
      `A preview; nothing was sent. Of 2 changes: 1 preview, 1 failed. ${NONE}`,
      'Correct what failed, then call again for all of it.',
    ]);
    // Each by itself could be made.
    const single = await runToEnd(pipeline, batchCall(pipeline, changes, { dryRun: true }));
    expect(single.results.map(({ outcome }) => outcome)).toEqual(['preview', 'preview']);
    expect(single.message).not.toContain(NONE);
  });
});

describe('a dry run of all or nothing', () => {
  it.each([
    ['a change is denied', set(jane, { displayName: 'J' })],
    ['there is no such user', title('00000000-0000-4000-8000-000000000000')],
  ])('says that none would be made where %s', async (_, change) => {
    const rules = [{ field: '*.displayName', decision: 'deny' }, ALLOWED];
    const pipeline = await startPipeline({ config: { policy: { rules } } });
    const more = { allOrNothing: true, dryRun: true };
    expect((await runToEnd(pipeline, batchCall(pipeline, [title(john), change], more))).message).toContain(NONE);
    expect((await runToEnd(pipeline, batchCall(pipeline, [title(john)], more))).message).not.toContain(NONE);
  });

  it('shows the decision that putting it back needs', async () => {
    const pipeline = await startPipeline({ config: { policy: { rules: [back('confirm'), ALLOWED] } } });
    const decisions = [true, false].map(async (allOrNothing) => {
      const call = batchCall(pipeline, [title(jane)], { allOrNothing, dryRun: true });
      return (await runToEnd(pipeline, call)).verdict;
    });
    expect(await Promise.all(decisions)).toEqual(['confirm', 'allow']);
  });
});
