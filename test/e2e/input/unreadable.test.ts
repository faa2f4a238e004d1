import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { hello, modernMeta, pipe, type RawRpcResponse, toBytes } from '../../support/json-rpc/messages.ts';
import { connectRawStdio, type RawStdioClient } from '../../support/json-rpc/stdio.ts';
import { putsAt } from '../../support/pipeline/pipeline.ts';
import { PROGRAM, type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';
import { storeTexts } from '../../support/store/files.ts';

/** Every request with an id is answered over stdio, however malformed, and the server reads on. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs

let server: StdioServer;
beforeAll(async () => {
  // A server that waits for what is never answered would outlast every test.
  server = await startStdioServer({
    config: { policy: { rules: [{ decision: 'allow' }] }, limits: { callSeconds: 3000 } },
  });
});
afterAll(() => server.stop());
beforeEach(() => server.sandbox.vendors.awork.reset());

const ping = { jsonrpc: '2.0', id: 'ping', method: 'ping' };
const call = (id: unknown, name: string, args: string) =>
  `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":"tools/call","params":{"name":"${name}","arguments":${args}}}\n`;
const modernCall = (id: unknown, name: string, args: string) =>
  call(id, name, args).replace('"params":{', `"params":{"_meta":${JSON.stringify(modernMeta)},`);
const answerTo = (answers: readonly (RawRpcResponse | RawRpcResponse[])[], id: unknown) =>
  answers.flat().filter((answer) => answer.id === id);

/** The one answer to a line that has this id, and that to a ping behind it, of a program that goes on after every line. */
let wire: RawStdioClient;
beforeAll(async () => {
  wire = await connectRawStdio(server.env, { era: '2025' });
});
afterAll(() => wire.close());
async function answered(line: string | Buffer, id: unknown): Promise<RawRpcResponse | undefined> {
  const [before, last] = [wire.lines.length, randomUUID()];
  wire.sendBytes(toBytes(line));
  wire.send({ ...ping, id: last });
  expect(await wire.answerTo(last)).toMatchObject({ result: {} });
  const answers = wire.lines.slice(before).map((said) => JSON.parse(said) as RawRpcResponse | RawRpcResponse[]);
  expect(answerTo(answers, id)).toHaveLength(1);
  return answerTo(answers, id)[0];
}

describe('a request that cannot be read', () => {
  it.each<[string, string, unknown, number]>([
    ['params: null', '{"jsonrpc":"2.0","id":7,"method":"tools/list","params":null}\n', 7, -32600],
    ['params that are a list', '{"jsonrpc":"2.0","id":7,"method":"tools/list","params":[]}\n', 7, -32600],
    ['_meta: null', '{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"_meta":null}}\n', 7, -32600],
    ['no jsonrpc', '{"id":7,"method":"tools/list"}\n', 7, -32600],
    ['another jsonrpc', '{"jsonrpc":"1.0","id":7,"method":"tools/list"}\n', 7, -32600],
    ['a number for jsonrpc', '{"jsonrpc":2.0,"id":7,"method":"tools/list"}\n', 7, -32600],
    ['a member too many', '{"jsonrpc":"2.0","id":7,"method":"tools/list","more":1}\n', 7, -32600],
    ['a number for the method', '{"jsonrpc":"2.0","id":7,"method":7}\n', 7, -32600],
    ['no method', '{"jsonrpc":"2.0","id":7}\n', 7, -32600],
    ['a call without params', '{"jsonrpc":"2.0","id":7,"method":"tools/call"}\n', 7, -32602],
    ['a call without a name', '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"arguments":{}}}\n', 7, -32602],
    ['a number for the name', '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":7}}\n', 7, -32602],
    ['a list for the name', '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":["a"]}}\n', 7, -32602],
    [
      'a name of a prototype',
      '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"__proto__"}}\n',
      7,
      -32602,
    ],
    ['a number for the cursor', '{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"cursor":7}}\n', 7, -32602],
    ['an initialize without params', '{"jsonrpc":"2.0","id":7,"method":"initialize"}\n', 7, -32602],
    [
      'an initialize without clientInfo',
      '{"jsonrpc":"2.0","id":7,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{}}}\n',
      7,
      -32602,
    ],
    ['a fractional id', '{"jsonrpc":"2.0","id":7.5,"method":"tools/list"}\n', 7.5, -32600],
    ['id: null', '{"jsonrpc":"2.0","id":null,"method":"tools/list"}\n', null, -32600],
    ['an id that is a list', '{"jsonrpc":"2.0","id":[7],"method":"tools/list"}\n', null, -32600],
    ['no object', '7\n', null, -32600],
    ['an empty batch', '[]\n', null, -32600],
    ['no JSON', '{"jsonrpc":"2.0","id":7,\n', null, -32700],
  ])('is answered: %s', async (_, line, id, code) => {
    expect(await answered(line, id)).toMatchObject({ error: { code } });
  });

  it.each(['9007199254740993', '1e400', '-123456789012345678901234567890'])(
    'is answered with the id it has: %s',
    async (id) => {
      const line = `{"jsonrpc":"2.0","id":${id},"method":"tools/list"}\n`;
      const { lines } = await pipe(server.env, ...hello(), line, ping);
      expect(lines.find((said) => said.includes(`"id":${id},`))).toContain('-32600');
    },
  );

  it('is answered in the 2026 era too', async () => {
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: modernMeta } };
    const broken = '{"jsonrpc":"2.0","id":7,"method":"tools/list","params":null}\n';
    const { answers } = await pipe(server.env, list, broken);
    expect(answerTo(answers, 1)).toMatchObject([{ result: {} }]);
    expect(answerTo(answers, 7)).toMatchObject([{ error: { code: -32600 } }]);
  });

  it('is not answered where it is a notification or an answer', async () => {
    const lines = ['{"method":"notifications/initialized"}\n', '{"jsonrpc":"2.0","id":1,"result":7}\n', '\n', '  \r\n'];
    const { answers } = await pipe(server.env, ...hello(), ...lines, ping);
    expect(answers.flat().map(({ id }) => id)).toEqual(['hello', 'ping']);
  });
});

describe('a well-formed request', () => {
  it('is answered without a line feed at the end', async () => {
    const { answers } = await pipe(server.env, ...hello(), JSON.stringify(ping));
    expect(answerTo(answers, 'ping')).toMatchObject([{ result: {} }]);
  });

  it('is answered behind a byte order mark, and with CR LF', async () => {
    const [initialize, initialized] = hello();
    const { answers } = await pipe(server.env, '\ufeff', `${JSON.stringify(initialize)}\r\n`, initialized ?? {}, ping);
    expect(answerTo(answers, 'hello')).toMatchObject([{ result: {} }]);
    expect(answerTo(answers, 'ping')).toMatchObject([{ result: {} }]);
  });

  it('is answered with any id', async () => {
    const ids = ['', '💣', 'x'.repeat(5000), 0, -1, Number.MAX_SAFE_INTEGER];
    const { answers } = await pipe(server.env, ...hello(), ...ids.map((id) => ({ ...ping, id })));
    for (const id of ids) expect(answerTo(answers, id)).toMatchObject([{ result: {} }]);
  });

  it('is answered when sixty of them come at once', async () => {
    const ids = Array.from({ length: 60 }, (_, at) => at);
    const lists = ids.map((id) => ({ jsonrpc: '2.0', id, method: 'tools/list' }));
    const { code, answers } = await pipe(server.env, ...hello(), ...lists);
    expect(code).toBe(0);
    for (const id of ids) expect(answerTo(answers, id)).toMatchObject([{ result: { tools: expect.any(Array) } }]);
  });
});

it('a subscription does not keep a server alive after its input has ended, and is answered at its end', async () => {
  const params = { _meta: modernMeta, notifications: { toolsListChanged: true } };
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: modernMeta } };
  const { answers } = await pipe(server.env, list, { jsonrpc: '2.0', id: 2, method: 'subscriptions/listen', params });
  expect(answerTo(answers, 2)).toMatchObject([{ result: {} }]);
});

describe('a line over 10 MB', () => {
  const filler = 'x'.repeat(11_000_000);
  it.each([
    ['first', `{"jsonrpc":"2.0","id":7,"method":"ping","params":{"a":"${filler}"}}\n`, 7],
    ['last', `{"method":"ping","params":{"a":"${filler}"},"jsonrpc":"2.0","id":"seven"}\n`, 'seven'],
    ['nowhere', `{"method":"ping","params":{"a":"${filler}"}}\n`, null],
    ['nowhere, and there is no end to it', filler, null],
  ])('is refused and skipped; its id is %s', async (_, line, id) => {
    expect(await answered(line.endsWith('\n') ? line : `${line}\n`, id)).toMatchObject({ error: { code: -32600 } });
  });
});

it('a line without an end costs no more memory than the longest accepted one', async () => {
  const child = spawn(process.execPath, [PROGRAM], { env: server.env, stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
  child.stdin.write(toBytes(...hello()));
  await once(child.stdout, 'data');
  const before = rss();
  for (let megabytes = 0; megabytes < 200; megabytes++) {
    if (!child.stdin.write(Buffer.alloc(1_000_000, 0x78))) await once(child.stdin, 'drain');
  }
  expect(rss() - before).toBeLessThan(100);
  child.stdin.end(toBytes('\n', ping));
  expect(await text(child.stdout)).toContain('"id":"ping"');
});

describe('a batch', () => {
  const batch = [
    { jsonrpc: '2.0', id: 1, method: 'ping' },
    { jsonrpc: '2.0', id: 2, method: 'tools/list' },
    { jsonrpc: '2.0', method: 'notifications/nothing' },
    { jsonrpc: '1.0', id: 3, method: 'ping' },
    { jsonrpc: '2.0', id: 1, method: 'ping' },
    7,
  ];

  it('is answered by a batch in revisions with batches', async () => {
    const { answers } = await pipe(server.env, ...hello('2025-03-26'), `${JSON.stringify(batch)}\n`, ping);
    const [together = [], ...others] = answers.filter((answer) => Array.isArray(answer));
    expect(others).toEqual([]);
    expect(answerTo(together, 1).map((answer) => answer.error?.code)).toEqual(
      expect.arrayContaining([-32600, undefined]),
    );
    expect(answerTo(together, 2)).toMatchObject([{ result: { tools: expect.any(Array) } }]);
    expect(answerTo(together, 3)).toMatchObject([{ error: { code: -32600 } }]);
    expect(answerTo(together, null)).toMatchObject([{ error: { code: -32600 } }]);
    expect(together).toHaveLength(5);
    expect(answerTo(answers, 'ping')).toHaveLength(1);
  });

  it('is refused message by message in other revisions', async () => {
    const { answers } = await pipe(server.env, ...hello('2025-06-18'), `${JSON.stringify(batch.slice(0, 4))}\n`, ping);
    for (const id of [1, 2, 3]) expect(answerTo(answers, id)).toMatchObject([{ error: { code: -32600 } }]);
    expect(answers.every((answer) => !Array.isArray(answer))).toBe(true);
  });
});

describe.each([
  ['2025', call],
  ['2026', modernCall],
] as const)('arguments that are no object, %s', (era, write) => {
  const start = era === '2025' ? hello() : [];
  const tools = ['awork_update_user', 'update_users', 'find_user', 'list_changes', 'undo_change'];
  const odd = ['null', '[]', '"{\\"user_id\\":\\"7\\"}"', '7', 'true'];

  it.each(tools)('get our invalid_input: %s', async (tool) => {
    const { answers } = await pipe(server.env, ...start, ...odd.map((args, at) => write(at, tool, args)));
    for (const [at, args] of odd.entries()) {
      const [answer] = answerTo(answers, at);
      expect(answer?.result, args).toMatchObject({
        isError: true,
        structuredContent: { outcome: 'failed', code: 'invalid_input', changes: [] },
      });
      expect(answer?.result?.structuredContent?.['message']).toMatch(/^arguments: expected an object, got /);
    }
  });

  it('may be left out', async () => {
    const line = write(1, 'list_changes', '{}').replace(',"arguments":{}', '');
    const { answers } = await pipe(server.env, ...start, line);
    expect(answerTo(answers, 1)).toMatchObject([{ result: { isError: false } }]);
  });
});

describe('bytes that are not UTF-8', () => {
  const user_id = idOf('awork', 'jane');
  const latin1 = (line: string) => Buffer.from(line, 'latin1');
  const args = JSON.stringify({ user_id, set: { firstName: 'Jörg-Ümit' } });

  it.each([
    ['2025', [...hello(), latin1(call(7, 'awork_update_user', args))]],
    ['2026', [latin1(modernCall(7, 'awork_update_user', args))]],
  ] as const)(
    'are invalid_input in the arguments of a call, and nothing is sent or kept of them: %s',
    async (_, input) => {
      const { answers } = await pipe(server.env, ...input);
      const [answer] = answerTo(answers, 7);
      expect(answer?.result?.structuredContent).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
      expect(answer?.result?.structuredContent?.['message']).toContain('UTF-8');
      expect(putsAt(server.sandbox, 'awork')).toEqual([]);
      expect(JSON.stringify(answers)).not.toMatch(/\ufffd|mit/);
      expect(storeTexts(server.storePath).join('\n')).not.toMatch(/rg-.{1,3}mit/);
    },
  );

  it('are a parse error elsewhere', async () => {
    const name = latin1('{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"fü","arguments":{}}}\n');
    expect(await answered(name, 7)).toMatchObject({ error: { code: -32700 } });
    const id = latin1('{"jsonrpc":"2.0","id":"fü","method":"ping"}\n');
    expect(await answered(id, null)).toMatchObject({ error: { code: -32700 } });
  });

  it('are told from the character U+FFFD, which is a text like any other', async () => {
    const strange = JSON.stringify({ user_id, set: { firstName: 'J\ufffdrg' } });
    const { answers } = await pipe(server.env, ...hello(), call(7, 'awork_update_user', strange));
    expect(answerTo(answers, 7)).toMatchObject([{ result: { structuredContent: { outcome: 'updated' } } }]);
  });
});
