import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idOf, people } from '../../../src/sandbox/people.ts';
import { startHttpServer, type TestServer } from '../../support/http/server.ts';
import { CHOICE } from '../../support/json-rpc/stdio.ts';
import { putsAt } from '../../support/pipeline/pipeline.ts';
import { CLIENTS, type Form, MUTE_CLIENTS, yes } from '../../support/program/stdio-server.ts';

let testServer: TestServer;
beforeAll(async () => {
  testServer = await startHttpServer();
});
afterAll(() => testServer.stop());
beforeEach(() => testServer.sandbox.vendors.atlassian.reset());

const jane = idOf('atlassian', 'jane');
const deactivate = { user_id: jane, set: { active: false } };
const record = () => testServer.sandbox.vendors.atlassian.users.get(jane);

describe.each(CLIENTS)('%s', (kind) => {
  it('is asked, and writes after a chosen and typed yes', async () => {
    const asked: Form[] = [];
    const agent = await testServer.connect(kind, {
      onQuestion: (form) => {
        asked.push(form);
        return yes(form);
      },
    });
    const { is, isError } = await agent.call('atlassian_update_user', deactivate);
    expect(is).toMatchObject({ outcome: 'updated', changes: [{ field: 'active', before: true, after: false }] });
    expect(isError).toBe(false);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.message).toContain('active: true → false');
    expect(asked[0]?.message).toContain('Asked by "anonymous", whose client calls itself "test-client 1.0"');
    expect(record()?.['active']).toBe(false);
    expect(putsAt(testServer.sandbox, 'atlassian')).toHaveLength(1);
  });

  it.each([
    ['a chosen no', { action: 'accept', content: { confirm: CHOICE.no, typed: 'Jane Doe' } }, 1],
    ['a wrong label, three times', { action: 'accept', content: { confirm: CHOICE.yes, typed: 'John Doe' } }, 3],
  ] as const)('writes nothing on %s', async (_name, answer, times) => {
    let asked = 0;
    const onQuestion = () => {
      asked++;
      return answer;
    };
    const agent = await testServer.connect(kind, { onQuestion });
    const { is, isError } = await agent.call('atlassian_update_user', deactivate);
    expect(is).toMatchObject({ outcome: 'refused', code: 'declined' });
    expect(isError).toBe(true);
    expect(asked).toBe(times);
    expect(putsAt(testServer.sandbox, 'atlassian')).toHaveLength(0);
  });

  it.each([
    ['decline', 'declined'],
    ['cancel', 'cancelled'],
  ] as const)('writes nothing on a %s that took a reader’s time', async (action, code) => {
    const onQuestion = async () => {
      await sleep(600);
      return { action };
    };
    const agent = await testServer.connect(kind, { onQuestion });
    const { is, isError } = await agent.call('atlassian_update_user', deactivate);
    expect(is).toMatchObject({ outcome: 'refused', code });
    expect(isError).toBe(true);
    expect(putsAt(testServer.sandbox, 'atlassian')).toHaveLength(0);
  });

  it.each([
    ['a decline at once', { action: 'decline' }, 'declined the question by itself'],
    ['a cancel at once', { action: 'cancel' }, 'closed the question by itself'],
    ['an empty form', { action: 'accept', content: {} }, 'without a choice'],
  ] as const)('counts %s as no question asked, and writes nothing', async (_name, answer, how) => {
    const agent = await testServer.connect(kind, { onQuestion: () => answer });
    const { is, isError } = await agent.call('atlassian_update_user', deactivate);
    expect(is).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
    expect(is.message).toContain(how);
    expect(isError).toBe(true);
    expect(putsAt(testServer.sandbox, 'atlassian')).toHaveLength(0);
  });

  it('lists tools and finds people', async () => {
    const agent = await testServer.connect(kind);
    expect((await agent.tools()).map(({ name }) => name)).toContain('atlassian_update_user');
    const { is } = await agent.call('find_user', { query: 'jane' });
    expect(is).toHaveProperty('users');
  });

  it(kind === 'v2-modern' ? 'needs no session' : 'has a session', async () => {
    const agent = await testServer.connect(kind);
    expect(agent.sessionId() === undefined).toBe(kind === 'v2-modern');
  });
});

it.each(MUTE_CLIENTS)('%s: a clean result, nothing sent', async (kind) => {
  const agent = await testServer.connect(kind);
  const { is, isError } = await agent.call('atlassian_update_user', { user_id: jane, set: { title: 'Boss' } });
  expect(is).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
  expect(isError).toBe(true);
  expect(putsAt(testServer.sandbox, 'atlassian')).toHaveLength(0);
});

it('serves many clients of both eras at once, each changing its own user', async () => {
  const results = await Promise.all(
    people.map(async ({ ids }, index) => {
      const agent = await testServer.connect(CLIENTS[index % CLIENTS.length] ?? 'v1-form');
      const args = { user_id: ids.awork, set: { position: `Position ${index}` } };
      return (await agent.call('awork_update_user', args)).is.outcome;
    }),
  );
  expect(results).toEqual(people.map(() => 'updated'));
});
