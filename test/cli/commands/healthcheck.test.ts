import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { run } from '../../../src/cli/invocation/run.ts';
import { startHttpProgram } from '../../support/http/program.ts';
import { callProgram } from '../../support/program/call-program.ts';
import { runProgram } from '../../support/program/run-program.ts';
import { startTestServer } from '../../support/program/stdio-server.ts';

/** `healthcheck`, against the built server and against servers that misbehave. */

vi.setConfig({ testTimeout: 120_000 }); // they start programs

const argsOf = (port: number | string, ...args: string[]) => ['healthcheck', '--port', `${port}`, ...args];
const check = (port: number | string, ...args: string[]) => callProgram(argsOf(port, ...args), {});
const checkBuilt = (port: number | string, ...args: string[]) => runProgram(argsOf(port, ...args), {});

/** Listens on a free port until the test ends. Returns the port. */
async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port; // it listens on TCP
}

const serve = (handle: RequestListener, host?: string) => listen(createHttpServer(handle), host);
const serveBytes = (onConnection: (socket: Socket) => void) => listen(createServer(onConnection));

it('a server that can do its work is healthy, and one that has ended is not', async () => {
  const { env } = await startTestServer();
  const program = await startHttpProgram(env);
  const { port } = new URL(program.url);
  for (const [args, path] of [
    [[], 'readyz'],
    [['--live'], 'healthz'],
    [['--host', '0.0.0.0'], 'readyz'],
    [['--host', 'localhost'], 'readyz'],
  ] as const) {
    const { code, stdout, stderr } = await checkBuilt(port, ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^http://(127\\.0\\.0\\.1|localhost):${port}/${path}: healthy\n$`));
  }
  program.process.kill('SIGTERM');
  await program.exit;
  const { code, stdout, stderr } = await checkBuilt(port);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(`update-user-mcp: http://127.0.0.1:${port}/readyz: nothing listens there (ECONNREFUSED)\n`);
});

it('a server on IPv6 is found with each way to write --host', async () => {
  const { env } = await startTestServer();
  const program = await startHttpProgram(env, ['--host', '::1']);
  onTestFinished(() => void program.process.kill('SIGKILL'));
  const { port } = new URL(program.url);
  const stdout = `http://[::1]:${port}/readyz: healthy\n`;
  for (const host of ['::1', '[::1]', '::', '0:0:0:0:0:0:0:0'])
    expect(await check(port, '--host', host), host).toEqual({ code: 0, stdout, stderr: '' });
});

it.each([
  [503, 'it answers 503: its store or key cannot be used, or it is stopping'],
  [500, 'it answers 500, which'],
  [404, 'it answers 404, which'],
  [204, 'it answers 204, which'],
])('a server that answers %i is not healthy', async (status, problem) => {
  const port = await serve((_, response) => void response.writeHead(status).end());
  const { code, stderr } = await check(port);
  expect([code, stderr]).toEqual([1, expect.stringContaining(problem)]);
  const { ok, url, problem: said } = JSON.parse((await check(port, '--json')).stdout) as Record<string, string>;
  expect({ ok, url, said }).toEqual({
    ok: false,
    url: `http://127.0.0.1:${port}/readyz`,
    said: expect.stringContaining(problem),
  });
});

it('a redirect is not followed', async () => {
  const asked: unknown[] = [];
  const port = await serve((request, response) => {
    asked.push(request.url);
    response.writeHead(request.url === '/readyz' ? 302 : 200, { location: '/healthz' }).end();
  });
  expect(await check(port)).toMatchObject({ code: 1, stderr: expect.stringContaining('it answers 302') });
  expect(asked).toEqual(['/readyz']);
});

it.each<[string, RequestListener]>([
  ['a page', (_, response) => void response.end('<!doctype html><title>Shop</title>')],
  ['no body', (_, response) => void response.end()],
  ['the same words and more', (_, response) => void response.end('ok\nbut not here')],
  [
    'a body without an end',
    (_, response) => {
      const more = () => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    },
  ],
])('another service, which answers 200 and %s, is not healthy', async (_, handle) => {
  const { code, stderr } = await check(await serve(handle));
  expect([code, stderr]).toEqual([1, expect.stringContaining('it answers 200 and something else')]);
});

it('a server that does not answer, or only drips, ends with 1', async () => {
  const silent = await serveBytes(() => {});
  const dripping = await serveBytes((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const drip = setInterval(() => socket.write('x-more: and more\r\n'), 200);
    socket.on('close', () => clearInterval(drip));
  });
  const bodiless = await serve((_, response) => void response.writeHead(200).flushHeaders());
  const ended = await Promise.all([silent, dripping, bodiless].map((port) => checkBuilt(port)));
  for (const { code, stderr } of ended)
    expect([code, stderr]).toEqual([1, expect.stringMatching(/: no answer within \d s\n$/)]);
});

it.each<[string, (socket: Socket) => void, string]>([
  ['closes the connection', (socket) => socket.on('data', () => socket.end()), 'it cannot be reached (ECONNRESET)'],
  ['resets the connection', (socket) => socket.on('data', () => socket.resetAndDestroy()), '(ECONNRESET)'],
  ['speaks something else', (socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n'), 'does not speak HTTP (HPE_'],
  [
    'changes the protocol',
    (socket) => void socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    'it answers 101',
  ],
])('a server that %s is not healthy', async (_, onConnection, problem) => {
  const port = await serveBytes(onConnection);
  const { code, stdout, stderr } = await check(port);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(problem);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

it('no proxy of the environment is used', async () => {
  let proxied = 0;
  const proxy = `http://127.0.0.1:${await serve((_, response) => {
    proxied++;
    response.writeHead(502).end();
  })}`;
  const port = await serve((_, response) => void response.end('ok\n'));
  const env = { HTTP_PROXY: proxy, http_proxy: proxy, ALL_PROXY: proxy, NODE_USE_ENV_PROXY: '1' };
  expect(await runProgram(['healthcheck', '--port', `${port}`], env)).toMatchObject({ code: 0, stderr: '' });
  expect(proxied).toBe(0);
});

it.each([
  [['--port', '0'], '--port: expected a number from 1 to 65535'],
  [['--port', '65536'], '--port: expected'],
  [['--port', '36OO'], '--port: expected'],
  [['--host', ''], '--host: is empty'],
  [['--host', 'http://localhost'], '--host: expected'],
  [['--host', 'localhost:3600'], '--host: expected'],
  [['--host', 'a b'], '--host: expected'],
  [['--hots', 'localhost'], '--hots'],
  [['now'], 'healthcheck: takes no arguments'],
])('%j is a mistake in usage', async (args, message) => {
  await expect(run(['healthcheck', ...args])).rejects.toThrow(message);
});
