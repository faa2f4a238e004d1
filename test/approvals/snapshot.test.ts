import { expect, it } from 'vitest';
import { approvedText, contestedText, rightsNeeded } from '../../src/approvals/snapshot.ts';
import { statusMessage } from '../../src/approvals/status/messages.ts';
import { validateDecision } from '../../src/approvals/validate.ts';
import { providers } from '../../src/providers/index.ts';
import { batchApproval, personChange } from '../support/approvals/batches.ts';

const known = { connections: [], providers };

it('wants a yes of its own to what changed since, said in numbers', () => {
  const one = personChange({ contested: ['title', 'nickName'] });
  const { snapshot } = batchApproval([one, personChange({ contested: ['title'] }), personChange()]);
  expect(contestedText(snapshot)).toBe('3 fields of 2 user records');
  expect(approvedText(snapshot)).toBe('all 3 changes');
  expect(validateDecision(known, snapshot, [], { yes: true })).toEqual([
    { field: 'overwrite', message: 'tick it to overwrite 3 fields of 2 user records, or decline' },
  ]);
  expect(validateDecision(known, snapshot, [], { yes: true, overwrite: true })).toEqual([]);
});

it('is decided only where every service in it is known', () => {
  const { snapshot } = batchApproval([personChange(), personChange({ provider: 'gone' })]);
  expect(validateDecision(known, snapshot, [], { yes: true })).toMatchObject([{ field: 'connection' }]);
});

it('takes the rights to every effect at each provider, each once', () => {
  const risky = { ...personChange().changes[0], effect: 'lifecycle' as const };
  const people = [personChange(), personChange(), personChange({ provider: 'awork' })];
  const needed = rightsNeeded([...people, { provider: 'awork', changes: [risky as never] }]);
  expect(needed).toEqual([
    { provider: 'atlassian', effects: ['ordinary'] },
    { provider: 'awork', effects: ['ordinary', 'lifecycle'] },
  ]);
});

it.each([
  [{ updated: 38 }, 'good', 'Approved by ann, and carried out', '38 updated'],
  [{ updated: 30, conflict: 8 }, 'bad', 'Approved by ann; not all of the batch was made', '30 updated and 8 conflict'],
  [undefined, 'note', 'Approved by ann; the batch is under way', 'has not ended'],
])('says how a batch with %j ended', (counts, tone, title, text) => {
  const what = { kind: 'batch' as const, batchId: 'batch-1', counts };
  const message = statusMessage({ kind: 'used', by: ['ann'], what }, { isBatch: true });
  expect(message).toMatchObject({ tone, title, text: expect.stringContaining(text) });
});
