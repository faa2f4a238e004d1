import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { startHttpServer, type TestServer, tokenEntry } from '../../support/http/server.ts';
import { modernMeta, type RawRpcResponse } from '../../support/json-rpc/messages.ts';

/** How requests of the 2026-07-28 revision are served: calls directly, everything else by the SDK's handler. */

let testServer: TestServer;
beforeAll(async () => {
  testServer = await startHttpServer({
    http: { auth: { tokens: [tokenEntry('one', 'token-one')] }, rateLimit: { perMinute: 1_000_000 } },
    policy: { rules: [{ decision: 'allow' }] },
  });
});
afterAll(() => testServer.stop());

const jane = () => idOf('awork', 'jane');
const rename = (position: string) => ({ user_id: jane(), set: { position } });

async function post(method: string, params: Record<string, unknown>, headers: Record<string, string>) {
  const { _meta, ...others } = params;
  const message = {
    jsonrpc: '2.0',
    id: 7,
    method,
    params: { ...others, _meta: { ...modernMeta, ...(_meta as object) } },
  };
  const response = await fetch(`${testServer.server.url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer token-one',
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify(message),
  });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

const HEADERS = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'awork_update_user' };
const call = (position: string, headers: Record<string, string> = HEADERS) =>
  post('tools/call', { name: 'awork_update_user', arguments: rename(position) }, headers);

it('a result is JSON in one piece, with the id of the request', async () => {
  const { status, type, text } = await call('Engineer');
  expect([status, type]).toEqual([200, 'application/json']);
  expect(JSON.parse(text)).toMatchObject({
    jsonrpc: '2.0',
    id: 7,
    result: { structuredContent: { outcome: 'updated' } },
  });
});

it('a name in the encoding of the revision names the same tool', async () => {
  const encoded = `=?base64?${Buffer.from('awork_update_user').toString('base64')}?=`;
  const { status, text } = await call('Lead', { ...HEADERS, 'mcp-name': encoded });
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({ result: { structuredContent: { outcome: 'updated' } } });
});

describe('headers that do not say what the body says are rejected', () => {
  const { 'mcp-method': _, ...noMethod } = HEADERS;
  const { 'mcp-protocol-version': __, ...noVersion } = HEADERS;
  it.each<[string, Record<string, string>]>([
    ['another tool', { ...HEADERS, 'mcp-name': 'find_user' }],
    ['another method', { ...HEADERS, 'mcp-method': 'tools/list' }],
    ['another revision', { ...HEADERS, 'mcp-protocol-version': '2025-11-25' }],
    ['no method', noMethod],
    ['no revision', noVersion],
  ])('%s', async (_name, headers) => {
    const { status, text } = await call('Never', headers);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ id: 7, error: { code: -32_020 } });
  });
});

it('a method that the server does not have is not found', async () => {
  const { status, text } = await post('prompts/list', {}, { ...HEADERS, 'mcp-method': 'prompts/list' });
  expect(status).toBe(404);
  expect(JSON.parse(text)).toMatchObject({ id: 7, error: { code: -32_601 } });
});

it('a tool that the server does not have is an error with the id of the request', async () => {
  const { status, text } = await post('tools/call', { name: 'nothing' }, { ...HEADERS, 'mcp-name': 'nothing' });
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({ id: 7, error: { code: -32_602 } });
});

it.each<[string, Record<string, unknown>, string]>([
  ['no name', {}, ''],
  ['a number for its name', { name: 7 }, '7'],
])('a call with %s is an error in words, and not one of the server', async (_, params, name) => {
  const { text } = await post('tools/call', params, { ...HEADERS, 'mcp-name': name });
  expect(JSON.parse(text)).toMatchObject({ id: 7, error: { code: expect.toSatisfy((code) => code !== -32_603) } });
  expect(text).not.toMatch(/invalid_type|expected/);
});

it('progress that was asked for is streamed before the result', async () => {
  const changes = [{ provider: 'awork', ...rename('Head') }];
  const params = { name: 'update_users', arguments: { changes }, _meta: { progressToken: 'p' } };
  const { type, text } = await post('tools/call', params, { ...HEADERS, 'mcp-name': 'update_users' });
  expect(type).toBe('text/event-stream');
  const messages = text.split('\n').flatMap((line) => /^data: (.+)/.exec(line)?.[1] ?? []);
  const [first, ...others] = messages.map((one) => JSON.parse(one) as RawRpcResponse & { method?: string });
  expect(first).toMatchObject({ method: 'notifications/progress', params: { progressToken: 'p' } });
  expect(others.at(-1)).toMatchObject({ id: 7, result: {} });
});

it('two Authorization headers prove nothing', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { authorization: ['Bearer token-one', 'Bearer other'], 'content-type': 'application/json' };
    // The client of node:http accepts a list for any header, though its types do not.
    request(`${testServer.server.url}/mcp`, { method: 'POST', headers: headers as never }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end('{}');
  });
  expect(status).toBe(401);
});
