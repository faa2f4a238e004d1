import { expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { createPipeline } from '../../support/pipeline/pipeline.ts';

it('retries an outcome that the store could not take, and does not block the user for good', async () => {
  const pipeline = await createPipeline();
  const store = await pipeline.app.store();
  const close = store.close.bind(store);
  let failures = 2;
  store.close = async (...args) => {
    if (failures-- > 0) throw new Error('the disk is full');
    return await close(...args);
  };
  const jane = idOf('awork', 'jane');
  const first = await pipeline.call('awork', { user_id: jane, set: { position: 'First' } });
  expect(first).toMatchObject({ outcome: 'updated' });
  expect(await store.list({ limit: 1 })).toMatchObject([{ changeId: first.change_id, open: true }]);
  const second = await pipeline.call('awork', { user_id: jane, set: { position: 'Second' } });
  expect(second).toMatchObject({ outcome: 'updated' });
  const rows = await store.list({ limit: 9 });
  await pipeline.stop();
  expect(rows.map(({ outcome, open }) => [outcome, open])).toEqual([
    ['updated', false],
    ['updated', false],
  ]);
});
