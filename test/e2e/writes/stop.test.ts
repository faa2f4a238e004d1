import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { CLIENTS, type StdioServer, startStdioServer, yes } from '../../support/program/stdio-server.ts';

/** SIGTERM: in-flight calls are answered before the program ends. */

let server: StdioServer;
beforeAll(async () => {
  server = await startStdioServer();
});
afterAll(() => server.stop());
beforeEach(() => server.sandbox.vendors.atlassian.reset());

const jane = idOf('atlassian', 'jane');
const change = { user_id: jane, set: { title: 'Boss' } };
const arrived = async (method: string) => {
  while (!server.sandbox.vendors.atlassian.requests.some((request) => request.method === method)) await sleep(5);
};

describe.each(CLIENTS)('%s: a server that gets SIGTERM', (kind) => {
  it('finishes the write in flight, and responds', async () => {
    const agent = await server.connect(kind);
    server.sandbox.vendors.atlassian.faults.push({ kind: 'delay', method: 'PUT', delayMs: 500 });
    const pending = agent.call('atlassian_update_user', change);
    await arrived('PUT');
    process.kill(agent.pid(), 'SIGTERM');
    expect((await pending).is).toMatchObject({ outcome: 'updated' });
  });
});

describe.each(['v2-legacy', 'v1-form'] as const)('%s: a server that gets SIGTERM', (kind) => {
  it('does not wait for an answer to a question, and says so', async () => {
    let asked = () => {};
    const question = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const agent = await server.connect(kind, async (form) => {
      asked();
      await sleep(60_000, undefined, { ref: false });
      return yes(form);
    });
    const pending = agent.call('atlassian_update_user', change);
    await question;
    process.kill(agent.pid(), 'SIGTERM');
    expect((await pending).is).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
    expect(server.sandbox.vendors.atlassian.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
  });
});
