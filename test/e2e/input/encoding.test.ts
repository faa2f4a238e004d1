import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectRawStdio, type RawMcpClient } from '../../support/json-rpc/stdio.ts';
import { type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';

/** Vendor responses that are not UTF-8: either no character is lost, or nothing is sent. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs

const id = crypto.randomUUID();
let answer: { body: Buffer; headers: Record<string, string>; status?: number };
let written: string[];
/** What is read after a write, in place of what was written. */
let afterwards: Buffer | undefined;
let program: StdioServer;
let wire: RawMcpClient;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (request.method === 'GET') return void response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
    written.push(Buffer.concat(chunks).toString('utf8'));
    // What was written is read back as it was written.
    answer = { body: afterwards ?? Buffer.concat(chunks), headers: { 'content-type': 'application/json' } };
    response.writeHead(200, answer.headers).end(answer.body);
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  program = await startStdioServer({ config: { policy: { rules: [{ decision: 'allow' }] } } });
  const { port } = server.address() as AddressInfo;
  wire = await connectRawStdio({ ...program.env, AWORK_BASE_URL: `http://127.0.0.1:${port}` });
});
afterAll(async () => {
  await wire.close();
  await program.stop();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  written = [];
  afterwards = undefined;
});

const record = (lastName: string, escaped = JSON.stringify(lastName)) =>
  `{"id":"${id}","firstName":"Jörg","lastName":${escaped},"position":"Engineer"}`;
/** The text with these bytes in the place of its question marks. */
const withBytes = (text: string, ...bytes: number[]) => {
  const [before = '', after = ''] = text.split(/\?+/);
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
};
const update = async () => {
  const reply = await wire.call('awork_update_user', { user_id: id, set: { position: 'Advisor' } });
  return reply.kind === 'result' ? reply.is : {};
};
const answerWith = (body: Buffer, type?: string, more: Record<string, string> = {}) => {
  answer = { body, headers: { ...(type !== undefined && { 'content-type': type }), ...more } };
};

describe('is refused, and nothing is sent', () => {
  const latin1 = Buffer.from(record('Müller'), 'latin1');
  it.each<[string, Buffer, string | undefined, Record<string, string>?]>([
    ['undeclared ISO-8859-1', latin1, 'application/json'],
    ['ISO-8859-1 without a type', latin1, undefined],
    ['ISO-8859-1 declared as UTF-8', latin1, 'application/json; charset=utf-8'],
    ['ISO-8859-1 in gzip', gzipSync(latin1), 'application/json', { 'content-encoding': 'gzip' }],
    ['an unknown charset', latin1, 'application/json; charset=x-martian'],
    ['undeclared UTF-16', Buffer.from(`\ufeff${record('Müller')}`, 'utf16le'), 'application/json'],
    ['a character cut in half', withBytes(record('M??r'), 0xc3, 0x28), 'application/json'],
    ['a surrogate in three bytes', withBytes(record('M???r'), 0xed, 0xa0, 0xbd), 'application/json'],
    ['an overlong slash', withBytes(record('M??r'), 0xc0, 0xaf), 'application/json'],
  ])('%s', async (_, body, type, more) => {
    answerWith(body, type, more);
    const is = await update();
    expect(is).toMatchObject({ outcome: 'failed', code: 'upstream_unavailable' });
    expect(is['message']).toContain('not UTF-8');
    expect(is['next']).toMatch(/UTF-8/);
    expect(written).toEqual([]);
  });
});

describe('goes back as it was', () => {
  it.each<[string, Buffer, string]>([
    ['UTF-8', Buffer.from(record('Müller')), 'application/json'],
    ['UTF-8 behind a byte order mark', Buffer.from(`\ufeff${record('Müller')}`), 'application/json'],
    ['ISO-8859-1 that is declared', Buffer.from(record('Müller'), 'latin1'), 'application/json; charset="ISO-8859-1"'],
    ['UTF-8 declared as ISO-8859-1', Buffer.from(record('Müller')), 'application/json;charset=iso-8859-1'],
    ['UTF-16 that is declared', Buffer.from(record('Müller'), 'utf16le'), 'application/json; charset=utf-16le'],
  ])('%s', async (_, body, type) => {
    answerWith(body, type);
    expect(await update()).toMatchObject({ outcome: 'updated' });
    expect(written).toHaveLength(1);
    expect(JSON.parse(written[0] ?? '')).toMatchObject({ firstName: 'Jörg', lastName: 'Müller', position: 'Advisor' });
  });

  it.each(['\\ud83d', 'a\\udca9b', '\\udca9\\ud83d'])('half a surrogate pair in an escape: %s', async (escape) => {
    answerWith(Buffer.from(record('', `"${escape}"`)), 'application/json');
    expect(await update()).toMatchObject({ outcome: 'updated' });
    expect(written).toHaveLength(1);
    expect(written[0]).toContain(`"${escape}"`);
    expect(written[0]).not.toContain('\ufffd');
  });
});

it('after a write is no sign that it was carried out', async () => {
  answerWith(Buffer.from(record('Müller')), 'application/json');
  afterwards = Buffer.from(record('Müller').replace('Engineer', 'Advisor'), 'latin1');
  expect(await update()).toMatchObject({ outcome: 'unverified' });
  expect(written).toHaveLength(1);
});

it('of a refusal leaves the refusal what it is', async () => {
  answer = { body: Buffer.from('{"description":"gelöscht"}', 'latin1'), headers: {}, status: 404 };
  const is = await update();
  expect(is).toMatchObject({ outcome: 'failed', code: 'not_found' });
  expect(JSON.stringify(is)).not.toMatch(/\ufffd|gel/);
});
