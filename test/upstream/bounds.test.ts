import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { TransportError } from '../../src/upstream/errors.ts';
import { exchange } from '../../src/upstream/http/transport.ts';
import { closedPortUrl, type Handler, startOrigin } from '../support/vendors/origin.ts';

const LIMIT = 1000;
const PACKERS = { gzip: gzipSync, 'x-gzip': gzipSync, deflate: deflateSync, br: brotliCompressSync } as const;

async function get(url: string, more: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  const { origin, pathname: path } = new URL(url);
  return await exchange({ method: 'GET', origin, path, headers: {}, timeoutMs: 20_000, maxBytes: LIMIT, ...more });
}

async function problemOf(pending: Promise<unknown>): Promise<Pick<TransportError, 'problem' | 'sent'>> {
  const error: unknown = await pending.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TransportError)) throw new Error(`not a transport error: ${String(error)}`);
  return { problem: error.problem, sent: error.sent };
}

const respond =
  (body: Buffer | string, headers: Record<string, string> = {}): Handler =>
  (_request, response) => {
    response.writeHead(200, headers);
    response.end(body);
  };

describe('a response', () => {
  it.each(Object.entries(PACKERS))('in %s is decompressed', async (encoding, pack) => {
    const { url } = await startOrigin(respond(pack('{"é":1}'), { 'content-encoding': encoding }));
    expect((await get(url)).text).toBe('{"é":1}');
    const shouted = await startOrigin(respond(pack('{}'), { 'content-encoding': encoding.toUpperCase() }));
    expect((await get(shouted.url)).text).toBe('{}');
  });

  it.each(['identity', ...Object.keys(PACKERS)])(
    'in %s loses its byte order mark and nothing else',
    async (encoding) => {
      const pack = PACKERS[encoding as keyof typeof PACKERS] ?? Buffer.from;
      const { url } = await startOrigin(respond(pack('\ufeff{"a":"\ufeff"}'), { 'content-encoding': encoding }));
      expect((await get(url)).text).toBe('{"a":"\ufeff"}');
    },
  );

  it('of exactly the limit is accepted, one byte more is not', async () => {
    const whole = await startOrigin(respond('x'.repeat(LIMIT)));
    expect((await get(whole.url)).text).toHaveLength(LIMIT);
    const more = await startOrigin(respond('x'.repeat(LIMIT + 1)));
    expect(await problemOf(get(more.url))).toEqual({ problem: 'oversized', sent: true });
  });

  it.each(Object.entries(PACKERS))('in %s is bounded after decompression', async (encoding, pack) => {
    const { url } = await startOrigin(respond(pack(Buffer.alloc(50_000_000, ' ')), { 'content-encoding': encoding }));
    const before = process.memoryUsage().arrayBuffers;
    expect(await problemOf(get(url))).toEqual({ problem: 'oversized', sent: true });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  });

  it.each([
    ['cut off', { 'content-encoding': 'gzip' }, gzipSync('x'.repeat(500)).subarray(0, 20)],
    ['that is not gzip', { 'content-encoding': 'gzip' }, Buffer.from('{}')],
    ['in an encoding that was not asked for', { 'content-encoding': 'zstd' }, Buffer.from('{}')],
    ['in an encoding named like a property', { 'content-encoding': 'constructor' }, Buffer.from('{}')],
  ])('%s is broken', async (_name, headers, body) => {
    const { url } = await startOrigin(respond(body, headers));
    expect(await problemOf(get(url))).toEqual({ problem: 'broken', sent: true });
  });

  it('that never begins or never ends is timed out', async () => {
    const silent = await startOrigin(() => {});
    const endless = await startOrigin((_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drip));
    });
    const start = Date.now();
    // Long enough to connect: a request that was not sent would fail differently.
    const both = [silent, endless].map(({ url }) => problemOf(get(url, { timeoutMs: 3000 })));
    expect(await Promise.all(both)).toEqual(Array(2).fill({ problem: 'timeout', sent: true }));
    expect(Date.now() - start).toBeLessThan(10_000);
  });

  it('is aborted by the caller’s signal', async () => {
    const caller = new AbortController();
    const { url } = await startOrigin(() => caller.abort());
    const pending = get(url, { signal: caller.signal, timeoutMs: 600_000 });
    expect(await problemOf(pending)).toEqual({ problem: 'timeout', sent: true });
  });

  it('that redirects is not followed', async () => {
    const other = await startOrigin(respond('{}'));
    const { url } = await startOrigin((_request, response) => {
      response.writeHead(307, { location: other.url });
      response.end();
    });
    expect((await get(url)).status).toBe(307);
    expect(other.seen).toEqual([]);
  });
});

describe('a connection', () => {
  it.each([
    ['to a closed port', closedPortUrl],
    ['to no known host', async () => 'http://no-such-host.invalid/'],
    ['that fails in its TLS handshake', async () => (await startOrigin(() => {})).url.replace('http:', 'https:')],
  ])('%s certainly has not sent the request', async (_name, makeUrl) => {
    expect(await problemOf(get(await makeUrl()))).toEqual({ problem: 'unreachable', sent: false });
  });

  it('that is reset may have sent the request', async () => {
    const { url } = await startOrigin((request) => request.socket.destroy());
    expect(await problemOf(get(url))).toEqual({ problem: 'broken', sent: true });
  });
});
