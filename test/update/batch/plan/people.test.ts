import { expect, it } from 'vitest';
import { idOf } from '../../../../src/sandbox/people.ts';
import { batchCall, type GivenChange, questionOf, runToEnd } from '../../../support/pipeline/batch.ts';
import { startPipeline } from '../../../support/pipeline/pipeline.ts';

/** `people` in rules counts the user records of the whole batch, and those of the hour before. */

const AT_MOST_TWO = { config: { policy: { rules: [{ field: '*.title', people: '<=2', decision: 'allow' }] } } };
const keys = ['jane', 'john', 'priya'] as const;
const title = (key: (typeof keys)[number], value = 'Lead'): GivenChange => ({
  at: 'atlassian',
  args: { user_id: idOf('atlassian', key), set: { title: value } },
});

it('allows as many as the rule says, and asks about more', async () => {
  const pipeline = await startPipeline(AT_MOST_TWO);
  await questionOf(
    pipeline,
    batchCall(
      pipeline,
      keys.map((key) => title(key)),
    ),
  );
  const two = await runToEnd(pipeline, batchCall(pipeline, [title('jane'), title('john')]));
  expect(two.outcome).toBe('updated');
});

it('counts only the records that really change', async () => {
  const pipeline = await startPipeline(AT_MOST_TWO);
  await runToEnd(pipeline, batchCall(pipeline, [title('jane')]));
  const call = batchCall(pipeline, [title('jane'), title('john', 'Boss')]);
  expect(await runToEnd(pipeline, call)).toMatchObject({ counts: { unchanged: 1, updated: 1 } });
});

it('adds the people of the hour before', async () => {
  const pipeline = await startPipeline(AT_MOST_TWO);
  await runToEnd(pipeline, batchCall(pipeline, [title('jane'), title('john')]));
  await questionOf(pipeline, batchCall(pipeline, [title('priya')]));
  const again = await runToEnd(pipeline, batchCall(pipeline, [title('jane', 'Boss'), title('john', 'Boss')]));
  expect(again.outcome).toBe('updated');
});

it('previews with the same count', async () => {
  const pipeline = await startPipeline(AT_MOST_TWO);
  const preview = (...some: GivenChange[]) => runToEnd(pipeline, batchCall(pipeline, some, { dryRun: true }));
  expect((await preview(title('jane'), title('john'))).verdict).toBe('allow');
  expect((await preview(...keys.map((key) => title(key)))).verdict).toBe('confirm');
});
