import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { INITIALIZE, startHttpServer, type TestServer, tokenEntry } from '../../support/http/server.ts';
import { modernMeta, type RawRpcResponse } from '../../support/json-rpc/messages.ts';
import type { Era } from '../../support/json-rpc/stdio.ts';
import { putsAt } from '../../support/pipeline/pipeline.ts';

/** Over HTTP every request with an id gets a response, whatever is wrong with it, in both eras. */

let testServer: TestServer;
let mcp: string;
let session: string;
beforeAll(async () => {
  testServer = await startHttpServer({
    http: { auth: { tokens: [tokenEntry('one', 'token-one')] }, rateLimit: { perMinute: 1_000_000 } },
    policy: { rules: [{ decision: 'allow' }] },
  });
  mcp = `${testServer.server.url}/mcp`;
  const params = { ...INITIALIZE.params, protocolVersion: '2025-03-26' };
  session = (await send({ ...INITIALIZE, params }, {})).headers.get('mcp-session-id') ?? '';
});
afterAll(() => testServer.stop());
beforeEach(() => testServer.sandbox.vendors.awork.reset());

async function send(body: unknown, headers: Record<string, string>): Promise<Response> {
  return await fetch(mcp, {
    method: 'POST',
    headers: {
      authorization: 'Bearer token-one',
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
}

const eras = {
  '2025': () => ({ 'mcp-session-id': session, 'mcp-protocol-version': '2025-03-26' }),
  '2026': () => ({ 'mcp-protocol-version': '2026-07-28' }),
};

/** Every JSON-RPC message of the response, as text and as values. */
async function messagesOf(era: Era, body: unknown, headers: Record<string, string> = {}) {
  const answer = await send(body, { ...eras[era](), ...headers });
  const text = await answer.text();
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const lines = isStream ? text.split('\n').flatMap((line) => /^data: (.+)/.exec(line)?.[1] ?? []) : [text];
  const messages = lines.flatMap((line) => JSON.parse(line) as RawRpcResponse | RawRpcResponse[]);
  return { status: answer.status, text, messages };
}

const callOf = (era: Era, id: unknown, name: string, args: string) =>
  `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":"tools/call","params":{${
    era === '2026' ? `"_meta":${JSON.stringify(modernMeta)},` : ''
  }"name":"${name}","arguments":${args}}}`;
const headersOf = (era: Era, name: string) =>
  era === '2026' ? { 'mcp-method': 'tools/call', 'mcp-name': name } : undefined;

describe.each(['2025', '2026'] as const)('a request that cannot be read, %s', (era) => {
  it.each<[string, string, unknown, number]>([
    ['params: null', '{"jsonrpc":"2.0","id":7,"method":"tools/list","params":null}', 7, -32600],
    ['_meta: null', '{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"_meta":null}}', 7, -32600],
    ['no jsonrpc', '{"id":"seven","method":"tools/list"}', 'seven', -32600],
    ['a fractional id', '{"jsonrpc":"2.0","id":7.5,"method":"tools/list"}', 7.5, -32600],
    ['id: null', '{"jsonrpc":"2.0","id":null,"method":"tools/list"}', null, -32600],
    ['an empty batch', '[]', null, -32600],
    ['not JSON', '{"jsonrpc":"2.0","id":7', null, -32700],
  ])('gets a response: %s', async (_, body, id, code) => {
    const { status, messages } = await messagesOf(era, body);
    expect(status).toBe(400);
    expect(messages).toMatchObject([{ id, error: { code } }]);
  });

  it('gets a response with its id, even one that a double cannot hold', async () => {
    const { text } = await messagesOf(era, '{"jsonrpc":"2.0","id":9007199254740993,"method":"tools/list"}');
    expect(text).toContain('"id":9007199254740993,');
  });

  it('gets a response with its id if the headers are wrong', async () => {
    const list = { jsonrpc: '2.0', id: 7, method: 'tools/list', params: {} };
    const { status, messages } = await messagesOf(era, list, { 'mcp-protocol-version': '1999-01-01' });
    expect(status).toBe(400);
    expect(messages).toMatchObject([{ id: 7, error: { code: expect.any(Number) } }]);
  });

  it.each(['awork_update_user', 'update_users', 'find_user', 'list_changes', 'undo_change'])(
    'gets our invalid_input for arguments that are not an object: %s',
    async (tool) => {
      for (const args of ['null', '[]', '"{}"', '7', 'true']) {
        const { messages } = await messagesOf(era, callOf(era, 7, tool, args), headersOf(era, tool));
        expect(messages, args).toMatchObject([
          { id: 7, result: { isError: true, structuredContent: { outcome: 'failed', code: 'invalid_input' } } },
        ]);
      }
    },
  );

  it('gets our invalid_input for arguments that are not UTF-8, and nothing is sent', async () => {
    const args = JSON.stringify({ user_id: idOf('awork', 'jane'), set: { firstName: 'Jörg' } });
    const body = Buffer.from(callOf(era, 7, 'awork_update_user', args), 'latin1');
    const { text, messages } = await messagesOf(era, body, headersOf(era, 'awork_update_user'));
    expect(messages).toMatchObject([{ id: 7, result: { structuredContent: { code: 'invalid_input' } } }]);
    expect(text).not.toContain('\ufffd');
    expect(putsAt(testServer.sandbox, 'awork')).toEqual([]);
  });
});

it('accepts a byte order mark in front of the body', async () => {
  const { messages } = await messagesOf('2025', '\ufeff{"jsonrpc":"2.0","id":7,"method":"ping"}');
  expect(messages).toMatchObject([{ id: 7, result: {} }]);
});

it('responds to every message of a batch, unreadable ones included', async () => {
  const batch = [
    { jsonrpc: '2.0', id: 1, method: 'ping' },
    { jsonrpc: '1.0', id: 2, method: 'ping' },
    { jsonrpc: '2.0', method: 'notifications/nothing' },
    { jsonrpc: '2.0', id: 3, method: 'tools/list' },
    { jsonrpc: '2.0', id: 1, method: 'ping' },
    7,
  ];
  const { status, messages } = await messagesOf('2025', batch);
  expect(status).toBe(200);
  const codes = messages.map(({ id, error }) => [id, error?.code]);
  expect(codes).toHaveLength(5);
  for (const one of [
    [1, undefined],
    [1, -32600],
    [2, -32600],
    [3, undefined],
    [null, -32600],
  ])
    expect(codes).toContainEqual(one);
});

it('responds to every request of a batch that is rejected', async () => {
  const batch = [1, 2].map((id) => ({ jsonrpc: '2.0', id, method: 'ping' }));
  const { status, messages } = await messagesOf('2025', batch, { 'mcp-session-id': 'unknown' });
  expect(status).toBe(404);
  expect(messages).toMatchObject([1, 2].map((id) => ({ id, error: {} })));
});
