import { expect, it } from 'vitest';
import { idOf } from '../../src/sandbox/people.ts';
import { createPipeline, putsAt } from '../support/pipeline/pipeline.ts';

const user_id = idOf('atomicwork', 'jane');

it.each([
  ['allow', { set: { title: 'Advisor' } }, 'Policy allows it without a question.'],
  ['confirm', { set: { title: 'Advisor' } }, 'A person would be asked first.'],
  ['approve', { set: { title: 'Advisor' } }, 'It would need approval out of band.'],
  ['deny', { set: { title: 'Advisor' } }, 'Policy forbids it.'],
  ['strip', { set: { title: 'Advisor' } }, 'Policy forbids it.'],
  ['allow', { ask_for: ['password'] }, 'It would need approval out of band.'],
  ['deny', { ask_for: ['password'] }, 'Policy forbids it.'],
])('a preview under a rule that says %s, of %j, tells what would come', async (decision, wanted, words) => {
  const pipeline = await createPipeline({ config: { policy: { rules: [{ field: '*', decision }] } } });
  const preview = await pipeline.call('atomicwork', { user_id, ...wanted, dry_run: true });
  const rows = await (await pipeline.app.store()).list({ limit: 1 });
  await pipeline.stop();
  expect(preview).toMatchObject({ outcome: 'preview', message: expect.stringContaining(words) });
  expect([putsAt(pipeline.sandbox, 'atomicwork'), rows]).toEqual([[], []]);
});
