import { expect, it } from 'vitest';
import { idOf } from '../../../../src/sandbox/people.ts';
import { batchCall, type GivenChange, runToEnd } from '../../../support/pipeline/batch.ts';
import { putsAt, startPipeline } from '../../../support/pipeline/pipeline.ts';

const jane = idOf('atlassian', 'jane');
const title = (user_id: string): GivenChange => ({ at: 'atlassian', args: { user_id, set: { title: 'Boss' } } });

it('a batch is refused if the vendor knows two of its ids as one user', async () => {
  const pipeline = await startPipeline();
  const { users } = pipeline.sandbox.vendors.atlassian;
  const record = { ...users.get(jane), id: 'jane-1', userName: 'jane.1@acme.example' };
  for (const id of ['jane-1', 'Jane-1']) users.set(id, record);
  const call = batchCall(pipeline, [title(idOf('atlassian', 'john')), title('jane-1'), title('Jane-1')]);
  await expect(runToEnd(pipeline, call)).rejects.toThrow(
    'changes[2].user_id: the same user record as changes[1].user_id',
  );
  expect(putsAt(pipeline.sandbox, 'atlassian')).toEqual([]);
});
