import { expect, it } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { unverifiedMessage } from '../../../src/update/results/write-messages.ts';

type Ended = Parameters<typeof unverifiedMessage>[0];

const LOST = { kind: 'lost', error: new AppError('upstream_unavailable', 'Acme did not answer in time.') };
const SEEN = { old: [['title']], unreadable: [['title']], writeOnly: [['title']] };

it.each([
  ['old_value', 'It still shows the old value of: title.'],
  ['not_shown', 'It does not show: title.'],
] as const)('after a lost reply each sentence ends once: %s', (doubt, last) => {
  const ended = { kind: 'unverified', reply: LOST, doubt, seen: SEEN } as unknown as Ended; // what the words need
  expect(unverifiedMessage(ended).message).toBe(
    `Acme did not answer in time. The record was read to find out. ${last}`,
  );
});
