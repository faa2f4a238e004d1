import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { CHOICE } from '../../support/json-rpc/stdio.ts';
import {
  type Agent,
  CLIENTS,
  MUTE_CLIENTS,
  type OnQuestion,
  type StdioServer,
  startStdioServer,
  yes,
} from '../../support/program/stdio-server.ts';

let server: StdioServer;
beforeAll(async () => {
  server = await startStdioServer();
});
afterAll(() => server.stop());
beforeEach(() => server.sandbox.vendors.atlassian.reset());

const jane = idOf('atlassian', 'jane');
const writes = () => server.sandbox.vendors.atlassian.requests.filter((request) => request.method === 'PUT');
const record = () => server.sandbox.vendors.atlassian.users.get(jane);

describe.each(CLIENTS)('%s', (kind) => {
  let agent: Agent;
  let answer: OnQuestion;
  beforeAll(async () => {
    agent = await server.connect(kind, (form) => answer(form));
  });
  beforeEach(() => {
    answer = yes;
  });

  it('writes after a chosen and typed yes', async () => {
    const { is, isError } = await agent.call('atlassian_update_user', { user_id: jane, set: { active: false } });
    expect(is).toMatchObject({ outcome: 'updated', changes: [{ field: 'active', before: true, after: false }] });
    expect(isError).toBe(false);
    expect(record()?.['active']).toBe(false);
    expect(writes()).toHaveLength(1);
  });

  it('accepts a label with quotes as the form spells it', async () => {
    Object.assign(record() ?? {}, { displayName: 'Jane "JD" \\ Doe' });
    const titles: (string | undefined)[] = [];
    answer = ({ requestedSchema }) => {
      titles.push(requestedSchema.properties['typed']?.title);
      return { action: 'accept', content: { confirm: CHOICE.yes, typed: 'Jane "JD" \\ Doe' } };
    };
    const { is } = await agent.call('atlassian_update_user', { user_id: jane, set: { active: false } });
    expect(titles).toEqual(['Type “Jane "JD" \\ Doe” to confirm']);
    expect(is).toMatchObject({ outcome: 'updated' });
  });

  it.each([
    ['a chosen no', { action: 'accept', content: { confirm: CHOICE.no, typed: 'Jane Doe' } }, 1],
    ['a wrong label, three times', { action: 'accept', content: { confirm: CHOICE.yes, typed: 'John Doe' } }, 3],
    ['a missing label, three times', { action: 'accept', content: { confirm: CHOICE.yes } }, 3],
  ] as const)('writes nothing on %s', async (_name, given, times) => {
    let asked = 0;
    answer = () => {
      asked++;
      return given;
    };
    const { is, isError } = await agent.call('atlassian_update_user', { user_id: jane, set: { active: false } });
    expect(is).toMatchObject({ outcome: 'refused', code: 'declined' });
    expect(isError).toBe(true);
    expect(asked).toBe(times);
    expect(writes()).toHaveLength(0);
  });

  it.each([
    ['decline', 'declined'],
    ['cancel', 'cancelled'],
  ] as const)('writes nothing on a %s that took a reader’s time', async (action, code) => {
    answer = async () => {
      await sleep(600);
      return { action };
    };
    const { is, isError } = await agent.call('atlassian_update_user', { user_id: jane, set: { active: false } });
    expect(is).toMatchObject({ outcome: 'refused', code });
    expect(isError).toBe(true);
    expect(writes()).toHaveLength(0);
  });

  it.each([
    ['a decline at once', { action: 'decline' }, /the client declined the question by itself after 0\.\d+ s/],
    ['a cancel at once', { action: 'cancel' }, /the client closed the question by itself after 0\.\d+ s/],
    [
      'an empty form',
      { action: 'accept', content: {} },
      /the client sent the form back after 0\.\d+ s without a choice/,
    ],
  ] as const)('counts %s as not asked, and writes nothing', async (_name, given, how) => {
    answer = () => given;
    const { is, isError } = await agent.call('atlassian_update_user', { user_id: jane, set: { active: false } });
    expect(is).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
    expect(is.message).toMatch(how);
    expect(isError).toBe(true);
    expect(writes()).toHaveLength(0);
  });
});

it.each(MUTE_CLIENTS)('%s: confirmation_unavailable, and nothing is sent', async (kind) => {
  const agent = await server.connect(kind, yes);
  const { is, isError } = await agent.call('atlassian_update_user', { user_id: jane, set: { title: 'Boss' } });
  expect(is).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
  expect(isError).toBe(true);
  expect(writes()).toHaveLength(0);
});
