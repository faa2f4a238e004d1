import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { approvalsRoute } from '../../../src/server/http/approvals-route.ts';
import { startHttpServer, type TestServer } from '../../support/http/server.ts';
import { modernMeta } from '../../support/json-rpc/messages.ts';

/** A body four times as large takes about four times as long, whatever it contains, at every route. */

vi.setConfig({ testTimeout: 300_000 });

let testServer: TestServer;
beforeAll(async () => {
  testServer = await startHttpServer(
    { http: { rateLimit: { perMinute: 1_000_000 } } },
    { routes: (parts, origin) => [approvalsRoute(parts, origin)] },
  );
});
afterAll(() => testServer.stop());

const repeat = (unit: string, bytes: number) => unit.repeat(Math.ceil(bytes / unit.length)).slice(0, bytes);
const times = (unit: string, bytes: number) => unit.repeat(Math.floor(bytes / unit.length));
const many = (bytes: number, toUnit: (nth: number) => string) =>
  Array.from({ length: Math.floor(bytes / toUnit(10_000).length) }, (_, nth) => toUnit(nth)).join(',');

/** JSON values of about that many bytes, each hard on some algorithm. */
const VALUES: Record<string, (bytes: number) => string> = {
  'a long text': (bytes) => `"${repeat('x', bytes)}"`,
  escapes: (bytes) => `"${times('\\u0041', bytes)}"`,
  'half surrogate pairs': (bytes) => `"${times('\\ud800', bytes)}"`,
  backslashes: (bytes) => `"${times('\\\\', bytes)}"`,
  digits: (bytes) => repeat('9', bytes),
  'a fraction': (bytes) => `0.${repeat('3', bytes)}`,
  'depth of lists': (bytes) => `${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}`,
  'depth of objects': (bytes) => `${times('{"a":', bytes / 2)}1${'}'.repeat(Math.floor(bytes / 2 / 5))}`,
  'many entries': (bytes) => `[${many(bytes, () => '0')}]`,
  'many keys': (bytes) => `{${many(bytes, (nth) => `"key${nth}":1`)}}`,
  'one key many times': (bytes) => `{${many(bytes, () => '"k":1')}}`,
  'white space': (bytes) => `[${repeat(' ', bytes)}]`,
};

const message = (value: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"awork_update_user","arguments":{"user_id":"u","set":${value}},"_meta":${JSON.stringify(modernMeta)}}}`;

/** Bodies by what holds the value. */
const BODIES: Record<string, (value: string) => string> = {
  'the arguments of a call': message,
  'the name of a method': (value) => `{"jsonrpc":"2.0","id":1,"method":${value}}`,
  'the id': (value) => `{"jsonrpc":"2.0","id":${value},"method":"ping"}`,
  'a batch': (value) => `[${value},${value.slice(0, 0)}1]`,
  'an answer': (value) => `{"jsonrpc":"2.0","id":1,"result":${value}}`,
};

/** Milliseconds of processor time of this process. */
async function timeOf(path: string, body: string, headers: Record<string, string>): Promise<number> {
  const started = process.cpuUsage();
  const answer = await fetch(`${testServer.server.url}${path}`, { method: 'POST', headers, body });
  await answer.arrayBuffer();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

/** The least of some tries: other work of the process only adds. */
async function leastTime(path: string, body: string, headers: Record<string, string>): Promise<number> {
  const tries: number[] = [];
  for (let nth = 0; nth < 3; nth++) tries.push(await timeOf(path, body, headers));
  return Math.min(...tries);
}

const BYTES = 200_000;
/** Slack for caches and the garbage collector. Work that grows with the square of a megabyte takes minutes. */
const SLACK_MS = 1000;

async function expectLinear(path: string, toBody: (bytes: number) => string, headers: Record<string, string>) {
  await timeOf(path, toBody(BYTES), headers);
  const once = await leastTime(path, toBody(BYTES), headers);
  const fourfold = await leastTime(path, toBody(4 * BYTES), headers);
  expect(fourfold).toBeLessThan(8 * once + SLACK_MS);
}

const JSON_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': 'awork_update_user',
};

it.each(Object.keys(BODIES).flatMap((place) => Object.keys(VALUES).map((value) => [place, value] as const)))(
  '/mcp with %s of %s',
  async (holder, value) => {
    const [wrap, make] = [BODIES[holder], VALUES[value]];
    if (!wrap || !make) throw new Error('no such body');
    await expectLinear('/mcp', (bytes) => wrap(make(bytes)), JSON_HEADERS);
  },
);

it.each(['/healthz', '/readyz', '/metrics', '/nowhere', '/mcp/below', '/.well-known/oauth-protected-resource/mcp'])(
  '%s',
  (path) => expectLinear(path, (bytes) => repeat('x', bytes), {}),
);

it.each([
  ['one long field', (bytes: number) => `name=${repeat('x', bytes / 16)}`],
  ['many fields', (bytes: number) => times('a=b&', bytes / 16)],
  ['escapes', (bytes: number) => `name=${times('%C3%BC', bytes / 16)}`],
])('the approval page with %s', async (_, toBody) => {
  await expectLinear('/approvals/sign-in', toBody, { 'content-type': 'application/x-www-form-urlencoded' });
});
