import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idOf } from '../../src/sandbox/people/people.ts';
import { CLIENTS, type House, MUTE_CLIENTS, openHouse, yes } from '../house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.stop());
beforeEach(() => house.sandbox.vendors.atlassian.reset());

const jane = idOf('atlassian', 'jane');
const writes = () => house.sandbox.vendors.atlassian.requests.filter((request) => request.method === 'PUT');
const record = () => house.sandbox.vendors.atlassian.users.get(jane);

describe.each(CLIENTS)('%s', (kind) => {
  it('writes after a ticked and typed yes', async () => {
    const agent = await house.connect(kind);
    const { is, isError } = await agent.call('atlassian_update_user', { user_id: jane, set: { active: false } });
    expect(is).toMatchObject({ outcome: 'updated', changes: [{ field: 'active', before: true, after: false }] });
    expect(isError).toBe(false);
    expect(record()?.['active']).toBe(false);
    expect(writes()).toHaveLength(1);
  });

  it('takes a label with quotes in it as the form spells it', async () => {
    Object.assign(record() ?? {}, { displayName: 'Jane "JD" \\ Doe' });
    const titles: (string | undefined)[] = [];
    const agent = await house.connect(kind, ({ requestedSchema }) => {
      titles.push(requestedSchema.properties['typed']?.title);
      return { action: 'accept', content: { confirm: 'Yes, make this change', typed: 'Jane "JD" \\ Doe' } };
    });
    const { is } = await agent.call('atlassian_update_user', { user_id: jane, set: { active: false } });
    expect(titles).toEqual(['Type “Jane "JD" \\ Doe” to confirm']);
    expect(is).toMatchObject({ outcome: 'updated' });
  });

  it.each([
    ['decline', { action: 'decline' }],
    ['cancel', { action: 'cancel' }],
    ['an unticked box', { action: 'accept', content: { confirm: 'No, change nothing', typed: 'Jane Doe' } }],
    ['an empty form', { action: 'accept', content: {} }],
    ['a wrong label', { action: 'accept', content: { confirm: 'Yes, make this change', typed: 'John Doe' } }],
    ['a missing label', { action: 'accept', content: { confirm: 'Yes, make this change' } }],
  ] as const)('writes nothing on %s', async (_name, answer) => {
    const agent = await house.connect(kind, () => answer);
    const { is, isError } = await agent.call('atlassian_update_user', { user_id: jane, set: { active: false } });
    expect(is).toMatchObject({ outcome: 'refused', code: 'declined' });
    expect(isError).toBe(true);
    expect(writes()).toHaveLength(0);
  });
});

it.each(MUTE_CLIENTS)('%s: a clean answer, nothing sent', async (kind) => {
  const agent = await house.connect(kind, yes);
  const { is, isError } = await agent.call('atlassian_update_user', { user_id: jane, set: { title: 'Boss' } });
  expect(is).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
  expect(isError).toBe(true);
  expect(writes()).toHaveLength(0);
});
