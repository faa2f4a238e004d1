import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { INITIALIZE, post, startHttpServer, type TestServer } from '../../support/http/server.ts';

vi.setConfig({ testTimeout: 120_000 });

let testServer: TestServer;
let strict: TestServer;
let mcp: string;
let port: number;
beforeAll(async () => {
  testServer = await startHttpServer(
    {
      http: {
        publicUrl: 'https://users.example.com',
        allowedHosts: ['inner.example.com'],
        allowedOrigins: ['https://chat.example.com:8443'],
      },
    },
    {
      routes: (_app, origin) => [
        {
          prefix: '/echo',
          async fetch(request, context) {
            const headers = new Headers({ 'content-security-policy': "default-src 'self'" });
            headers.append('set-cookie', 'a=1; HttpOnly');
            headers.append('set-cookie', 'b=2; HttpOnly');
            const body = {
              path: new URL(request.url).pathname,
              text: await request.text(),
              ...context,
              base: origin(),
            };
            return Response.json(body, { headers });
          },
        },
        {
          prefix: '/broken',
          fetch() {
            throw new Error('secret detail');
          },
        },
      ],
    },
  );
  strict = await startHttpServer({}, { timeouts: { headersMs: 600, requestMs: 1200 } });
  mcp = `${testServer.server.url}/mcp`;
  port = Number(new URL(mcp).port);
});
afterAll(async () => {
  await testServer.stop();
  await strict.stop();
});

/** `fetch` cannot set the Host header. */
function answerFor(path: string, headers: Record<string, string>, method = 'GET') {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('error', reject);
    request.end();
  });
}

const statusFor = async (...[path, headers, method]: Parameters<typeof answerFor>) =>
  (await answerFor(path, headers, method)).status;

describe('the Host header', () => {
  it.each(['127.0.0.1', 'localhost:80', 'LOCALHOST', '[::1]:3600', 'users.example.com', 'inner.example.com:8080'])(
    'accepts %s',
    async (host) => expect(await statusFor('/metrics', { host })).toBe(200),
  );

  it.each([
    'evil.example.com',
    'localhost.evil.example.com',
    'users.example.com.evil.example',
    'evil.example.com:3600',
    'localhost@evil.example.com',
    '0.0.0.0',
    '169.254.169.254',
    'localhost/..',
  ])('rejects %s', async (host) => {
    expect(await statusFor('/mcp', { host })).toBe(403);
    expect(await statusFor('/echo', { host })).toBe(403);
    expect(await statusFor('/metrics', { host })).toBe(403);
  });

  it('is rejected with the setting that the operator has to change', async () => {
    const { text } = await answerFor('/mcp', { host: 'evil.example.com' });
    expect(text).toMatch(/http\.publicUrl or http\.allowedHosts/);
  });

  it('is not checked for probes, whose responses say nothing', async () => {
    expect(await statusFor('/healthz', { host: '10.1.2.3:3600' })).toBe(200);
    expect(await statusFor('/readyz', { host: '10.1.2.3:3600' })).toBe(200);
  });
});

describe('the Origin header', () => {
  it.each(['http://localhost:5173', 'https://127.0.0.1', 'https://users.example.com', 'https://chat.example.com:8443'])(
    'accepts %s',
    async (origin) => expect(await statusFor('/metrics', { origin })).toBe(200),
  );

  it.each([
    'https://evil.example.com',
    'null',
    'https://chat.example.com',
    'http://users.example.com',
    'file://',
    'https://localhost.evil.example',
  ])('rejects %s', async (origin) => {
    expect(await statusFor('/mcp', { origin }, 'POST')).toBe(403);
    expect(await statusFor('/echo', { origin }, 'POST')).toBe(403);
  });
});

describe('bodies', () => {
  const big = Buffer.alloc(10 * 1024 * 1024, 0x20);

  it('cuts off 10 MB that are announced', async () => {
    expect((await post(mcp, big.toString())).status).toBe(413);
  });

  it('cuts off 10 MB that are not announced', async () => {
    const sent = await new Promise<{ status: string; bytes: number }>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
      socket.on('error', () => {});
      socket.on('close', () => resolve({ status: answer.slice(0, 12), bytes: socket.bytesWritten }));
      socket.write(
        'POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
      );
      const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 0x20), Buffer.from('\r\n')]);
      const flow = setInterval(() => socket.writable && socket.write(chunk), 2);
      socket.on('close', () => clearInterval(flow));
    });
    expect(sent.status).toBe('HTTP/1.1 413');
  });

  it.each([
    ['form data', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['plain text', { 'content-type': 'text/plain' }, 415],
    ['a compressed body', { 'content-encoding': 'gzip' }, 415],
  ])('rejects %s', async (_name, headers, status) => {
    expect((await post(mcp, INITIALIZE, headers)).status).toBe(status);
  });

  it.each([
    ['not JSON', '{"jsonrpc":'],
    ['null', 'null'],
    ['nothing', ''],
    ['a number', '7'],
    ['an empty batch', '[]'],
  ])('responds 400 to %s', async (_name, body) => {
    expect((await post(mcp, body)).status).toBe(400);
  });
});

describe('slow clients', () => {
  const cutOff = (first: string, trickle: string) =>
    new Promise<number>((resolve) => {
      const started = performance.now();
      const socket = connect(Number(new URL(strict.server.url).port), '127.0.0.1');
      socket.on('error', () => {});
      socket.write(first);
      const drip = setInterval(() => socket.writable && socket.write(trickle), 100);
      socket.resume().on('close', () => {
        clearInterval(drip);
        resolve(performance.now() - started);
      });
    });

  it('are cut off in the middle of their headers', async () => {
    expect(await cutOff('GET /mcp HTTP/1.1\r\nhost: localhost\r\n', 'x: y\r\n')).toBeLessThan(8000);
  });

  it('are cut off in the middle of their body', async () => {
    const head =
      'POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n';
    expect(await cutOff(head, ' ')).toBeLessThan(8000);
  });
});

describe('a mounted route', () => {
  it('gets everything below its prefix, and sets its own headers', async () => {
    const answer = await fetch(`${testServer.server.url}/echo/a/b?c=d`, { method: 'POST', body: 'hello' });
    expect(await answer.json()).toMatchObject({
      path: '/echo/a/b',
      text: 'hello',
      origin: 'https://users.example.com',
      base: 'https://users.example.com',
      address: '127.0.0.1',
    });
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'self'");
    expect(answer.headers.getSetCookie()).toEqual(['a=1; HttpOnly', 'b=2; HttpOnly']);
  });

  it.each(['/echoes', '/', '/unknown', '//evil.example.com/echo'])('does not get %s', async (path) => {
    expect(await statusFor(path, { host: 'localhost' })).toBe(404);
  });

  it('does not reveal what it throws', async () => {
    const answer = await fetch(`${testServer.server.url}/broken`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('secret');
  });
});

it('adds security headers and a request id to every response', async () => {
  const answer = await fetch(`${testServer.server.url}/nowhere`, { headers: { 'x-request-id': 'trace-me-1' } });
  expect(answer.headers.get('x-request-id')).toBe('trace-me-1');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('strict-transport-security')).toContain('max-age');
  const other = await fetch(`${testServer.server.url}/nowhere`, { headers: { 'x-request-id': 'a b "c' } });
  expect(other.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

it('responds 405 to other methods', async () => {
  const answer = await fetch(mcp, { method: 'PUT', body: '{}' });
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toBe('GET, POST, DELETE');
});
