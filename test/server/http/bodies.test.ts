import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createBodyBudget } from '../../../src/server/http/middleware/body-budget.ts';
import { startHttpProgram } from '../../support/http/program.ts';
import { startHttpServer, type TestServer, tokenEntry } from '../../support/http/server.ts';
import { startStdioServer } from '../../support/program/stdio-server.ts';

/** What request bodies may cost, from any sender. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const MIB = 1024 * 1024;
const NAMES = ['one', 'two', 'three', 'four', 'five'];
const http = {
  auth: { tokens: NAMES.map((name) => tokenEntry(name, `token-${name}`)) },
  rateLimit: { perMinute: 1_000_000 },
};

const TIMEOUTS = { headersMs: 10_000, requestMs: 60_000 };

let testServer: TestServer;
beforeAll(async () => {
  // No body is given up while a test holds it.
  testServer = await startHttpServer({ http }, { timeouts: { ...TIMEOUTS, bodyIdleMs: 60_000 } });
});
afterAll(() => testServer.stop());

/** A POST by hand: its head, and then what `more` sends. Resolves with the head of the answer. */
function post(url: string, headers: Record<string, string>, path = '/mcp') {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  const answered = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('\r\n\r\n')) resolve(text);
    });
    socket.on('close', () => resolve(text));
  });
  const lines = Object.entries({ host: 'localhost', 'content-type': 'application/json', ...headers });
  socket.write(`POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
  return { socket, answered };
}

const bearer = (name: string) => ({ authorization: `Bearer token-${name}` });
/** A body in flight: resolves once the server has set its bytes aside and waits for them. */
const hold = async (name: string) => {
  const waits = { ...bearer(name), 'content-length': String(MIB), expect: '100-continue' };
  const { socket, answered } = post(testServer.server.url, waits);
  expect(await answered).toMatch(/^HTTP\/1.1 100/);
  return socket;
};

describe('headers alone decide', () => {
  const announced = { 'content-length': '1000' };
  it.each([
    ['no token', announced, '401'],
    ['a wrong token', { ...announced, authorization: 'Bearer nonsense' }, '401'],
    ['no JSON', { ...announced, ...bearer('one'), 'content-type': 'text/plain' }, '415'],
    ['a body that is too large', { ...bearer('one'), 'content-length': String(MIB + 1) }, '413'],
  ])('about %s, before any of the body is sent', async (_, headers, status) => {
    expect(await post(testServer.server.url, headers).answered).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
  });

  it('whether a client that waits for 100 may continue', async () => {
    const waits = { ...announced, expect: '100-continue' };
    expect(await post(testServer.server.url, waits).answered).toMatch(/^HTTP\/1.1 401/);
    expect(await post(testServer.server.url, { ...waits, ...bearer('one') }).answered).toMatch(/^HTTP\/1.1 100/);
  });
});

describe('bodies in flight', () => {
  it('are limited per caller, who is told when to retry, and released', async () => {
    const held = await Promise.all(Array.from({ length: 8 }, () => hold('one')));
    const refused = post(testServer.server.url, { ...bearer('one'), 'content-length': '9' });
    expect(await refused.answered).toMatch(/^HTTP\/1.1 429[^]*retry-after: 1/i);
    const other = post(testServer.server.url, { ...bearer('two'), 'content-length': '2' });
    other.socket.write('{}');
    expect(await other.answered).toMatch(/^HTTP\/1.1 400/);
    for (const socket of held) socket.destroy();
    await expect
      .poll(
        () => {
          const again = post(testServer.server.url, { ...bearer('one'), 'content-length': '2' });
          again.socket.write('{}');
          return again.answered;
        },
        { timeout: 20_000 },
      )
      .toMatch(/^HTTP\/1.1 400/);
  });

  it('are limited for all callers together', async () => {
    await Promise.all(NAMES.slice(0, 4).flatMap((name) => Array.from({ length: 8 }, () => hold(name))));
    const refused = post(testServer.server.url, { ...bearer('five'), 'content-length': '9' });
    expect(await refused.answered).toMatch(/^HTTP\/1.1 503[^]*retry-after: 1/i);
  });

  it('count as they arrive if no length was announced', async () => {
    const chunked = () => {
      const sent = post(testServer.server.url, { ...bearer('five'), 'transfer-encoding': 'chunked' });
      sent.socket.write(`${(MIB - 1).toString(16)}\r\n`);
      sent.socket.write(Buffer.alloc(MIB - 1, 0x20));
      return sent;
    };
    const sent = Array.from({ length: 9 }, chunked);
    expect(await Promise.race(sent.map(({ answered }) => answered))).toMatch(/^HTTP\/1.1 429/);
  });

  it('that stall are aborted', async () => {
    const impatient = await startHttpServer({ http }, { timeouts: { ...TIMEOUTS, bodyIdleMs: 1500 } });
    onTestFinished(() => impatient.stop());
    const sent = post(impatient.server.url, { ...bearer('five'), 'content-length': '9' });
    sent.socket.write('{');
    expect(await sent.answered).toMatch(/^HTTP\/1.1 408/);
  });

  it('leave a share to known callers whatever strangers send', () => {
    const budget = createBodyBudget(32);
    const strangers = Array.from({ length: 9 }, (_, at) => ({ name: `10.0.0.${at}`, isKnown: false }));
    expect(
      strangers.map((stranger) => budget.reserve(stranger, 2)).filter((verdict) => verdict !== 'reserved'),
    ).toEqual(['all']);
    expect(budget.reserve({ name: 'one', isKnown: true }, 8)).toBe('reserved');
    expect(budget.reserve({ name: 'one', isKnown: true }, 1)).toBe('share');
    expect(budget.reserve({ name: 'two', isKnown: true }, 8)).toBe('reserved');
    expect(budget.reserve({ name: 'three', isKnown: true }, 1)).toBe('all');
    budget.release({ name: 'one', isKnown: true }, 8);
    expect(budget.reserve({ name: 'three', isKnown: true }, 8)).toBe('reserved');
  });
});

describe('three hundred connections with bodies of a megabyte', () => {
  const rssOf = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

  it.each([
    ['without a token', {}, '/mcp'],
    ['with one', bearer('one'), '/mcp'],
    ['at the approval page', { 'content-type': 'application/x-www-form-urlencoded' }, '/approvals/sign-in'],
    ['at a route that takes none', {}, '/healthz'],
  ])('cost no memory: %s', async (_, headers, path) => {
    const server = await startStdioServer({ config: { http } });
    onTestFinished(() => server.stop());
    const program = await startHttpProgram(server.env);
    onTestFinished(() => void program.process.kill('SIGKILL'));
    const warm = post(program.url, { ...bearer('one'), 'content-length': '2' });
    warm.socket.write('{}');
    await warm.answered;
    const before = rssOf(program.process.pid ?? 0);
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, rssOf(program.process.pid ?? 0))), 20);
    const sent = Array.from({ length: 300 }, () => {
      const one = post(program.url, { ...headers, 'content-length': String(MIB) }, path);
      one.socket.write(Buffer.alloc(MIB - 1, 0x20));
      return one;
    });
    await Promise.race([Promise.all(sent.map(({ answered }) => answered)), new Promise((r) => setTimeout(r, 4000))]);
    clearInterval(watch);
    expect(most - before).toBeLessThan(120 * MIB);
    expect((await fetch(`${program.url}/healthz`)).status).toBe(200);
  });
});
