import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { putsAt } from '../../support/pipeline/pipeline.ts';
import { PROGRAM, type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';

/** A script that writes its requests and closes stdin, as `printf … | update-user-mcp` does. */

let server: StdioServer;
beforeAll(async () => {
  server = await startStdioServer({ config: { policy: { rules: [{ field: 'awork.position', decision: 'allow' }] } } });
});
afterAll(() => server.stop());
beforeEach(() => server.sandbox.vendors.awork.reset());

const user_id = idOf('awork', 'jane');
const allowed = { name: 'awork_update_user', arguments: { user_id, set: { position: 'Advisor' } } };
const asked = { name: 'awork_update_user', arguments: { user_id, set: { title: 'Dr.' } } };

interface Answer {
  id: number;
  result: { tools?: unknown[]; structuredContent?: Record<string, unknown> };
}

/** The results of these requests, in their order. Expects exit status 0. */
async function pipe(requests: readonly { method: string; params: object }[]): Promise<Answer['result'][]> {
  const child = spawn(process.execPath, [PROGRAM], { env: server.env, stdio: ['pipe', 'pipe', 'ignore'] });
  const clientInfo = { name: 'script', version: '1' };
  const params = { protocolVersion: '2025-06-18', capabilities: { elicitation: {} }, clientInfo };
  const messages = [
    { id: 1, method: 'initialize', params },
    { method: 'notifications/initialized' },
    ...requests.map((request, at) => ({ id: at + 2, ...request })),
  ];
  child.stdin.end(messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join(''));
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(code).toBe(0);
  const answers = said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer); // JSON-RPC, or this throws
  return requests.map((_, at) => answers.find(({ id }) => id === at + 2)?.result ?? {});
}

it('every call is answered, writes included', async () => {
  const call = (params: object) => ({ method: 'tools/call', params });
  const [listed, found, updated, changes] = await pipe([
    { method: 'tools/list', params: {} },
    call({ name: 'find_user', arguments: { query: 'Jane', providers: ['awork'] } }),
    call(allowed),
    call({ name: 'list_changes', arguments: {} }),
  ]);
  expect(listed?.tools).not.toHaveLength(0);
  expect(found?.structuredContent?.['users']).toMatchObject([{ user_id }]);
  expect(updated?.structuredContent).toMatchObject({ outcome: 'updated' });
  expect(changes?.structuredContent?.['changes']).toBeInstanceOf(Array);
});

it('a slow write is answered as well', async () => {
  server.sandbox.vendors.awork.faults.push({ kind: 'delay', method: 'PUT', delayMs: 1000 });
  const [updated] = await pipe([{ method: 'tools/call', params: allowed }]);
  expect(updated?.structuredContent).toMatchObject({ outcome: 'updated' });
  expect(putsAt(server.sandbox, 'awork')).toHaveLength(1);
});

it('a call that needs an answer fails at once', async () => {
  const [stopped] = await pipe([{ method: 'tools/call', params: asked }]);
  expect(stopped?.structuredContent).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
  expect(putsAt(server.sandbox, 'awork')).toHaveLength(0);
});
