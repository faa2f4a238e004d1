import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createServer as createTlsByteServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { connectRawStdio } from '../../support/json-rpc/stdio.ts';
import { runProgram } from '../../support/program/run-program.ts';
import { connectAgent, type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';
import { certificates } from '../../support/vendors/certificates.ts';
import { closedPortUrl } from '../../support/vendors/origin.ts';

/** A provider that cannot be reached: caller, log and `doctor` get the error code and a remedy. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs

const jane = idOf('awork', 'jane');
let server: StdioServer;
beforeAll(async () => {
  server = await startStdioServer();
});
afterAll(() => server.stop());

async function listening(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function tlsUrl(...chain: string[]): Promise<string> {
  const options = { key: certificates.key, cert: chain.join('\n') };
  return `https://localhost:${await listening(createTlsServer(options, (_, response) => void response.end('{}')))}`;
}

/** A proxy that refuses every host. `seen` are the hosts it was asked for. */
async function refusingProxy(status: number) {
  const seen: string[] = [];
  const server = createHttpServer();
  server.on('connect', (request, socket) => {
    seen.push(request.url ?? '');
    socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
  });
  return { port: await listening(server), seen };
}

function joinStreams(one: Duplex, other: Duplex): void {
  for (const end of [one, other]) end.on('error', () => [one, other].map((stream) => stream.destroy()));
  one.pipe(other).pipe(one);
}

/** The sandbox behind TLS, as `other.example`. */
async function tlsSandbox(): Promise<number> {
  const options = { key: certificates.key, cert: certificates.otherHost };
  return await listening(
    createTlsByteServer(options, (socket) => joinStreams(socket, connect(server.sandbox.port, '127.0.0.1'))),
  );
}

/** A proxy that tunnels to `vendorPort`, if there is a `password` only for those who send it. */
async function tunnellingProxy(vendorPort: number, password?: string) {
  const seen: string[] = [];
  const server = createHttpServer();
  const expected = password && `Basic ${Buffer.from(`proxy-user:${password}`).toString('base64')}`;
  server.on('connect', (request, socket, head) => {
    seen.push(request.url ?? '');
    if (request.headers['proxy-authorization'] !== expected) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    const vendor = connect(vendorPort, '127.0.0.1');
    vendor.write(head);
    joinStreams(socket, vendor);
  });
  return { port: await listening(server), seen };
}

/** What the caller, the log and `doctor` report for a connection in this environment. */
async function reports(more: Record<string, string>) {
  const env = { ...server.env, UPDATE_USER_LOG: 'warn', ...more };
  const wire = await connectRawStdio(env);
  const reply = await wire.call('awork_update_user', { user_id: crypto.randomUUID(), set: { position: 'Boss' } });
  await wire.close();
  const doctor = await runProgram(['doctor'], env);
  const told = reply.kind === 'result' ? reply : undefined;
  expect(told?.is).toMatchObject({ outcome: 'failed', code: 'upstream_unavailable' });
  return { told: String(told?.is['message']), next: String(told?.is['next']), log: wire.log(), doctor: doctor.stdout };
}

const extra = () => {
  const file = join(server.dir, 'authority.pem');
  writeFileSync(file, certificates.authority);
  return { NODE_EXTRA_CA_CERTS: file };
};

it.each<[string, () => Promise<Record<string, string>>, RegExp, RegExp]>([
  ['an unknown host', async () => ({ AWORK_BASE_URL: 'https://nowhere.invalid' }), /ENOTFOUND|EAI_AGAIN/, /DNS/],
  ['a closed port', async () => ({ AWORK_BASE_URL: await closedPortUrl() }), /ECONNREFUSED/, /port/],
  [
    'a self-signed certificate',
    async () => ({ AWORK_BASE_URL: await tlsUrl(certificates.selfSigned) }),
    /DEPTH_ZERO_SELF_SIGNED_CERT/,
    /NODE_EXTRA_CA_CERTS/,
  ],
  [
    'a certificate of a private authority',
    async () => ({ AWORK_BASE_URL: await tlsUrl(certificates.trusted, certificates.authority) }),
    /SELF_SIGNED_CERT_IN_CHAIN/,
    /NODE_EXTRA_CA_CERTS/,
  ],
  [
    'a chain without its authority',
    async () => ({ AWORK_BASE_URL: await tlsUrl(certificates.trusted) }),
    /UNABLE_TO_VERIFY_LEAF_SIGNATURE/,
    /NODE_EXTRA_CA_CERTS/,
  ],
  [
    'an expired certificate',
    async () => ({ AWORK_BASE_URL: await tlsUrl(certificates.expired), ...extra() }),
    /CERT_HAS_EXPIRED/,
    /renewed/,
  ],
  [
    'a certificate for another host',
    async () => ({ AWORK_BASE_URL: await tlsUrl(certificates.otherHost), ...extra() }),
    /ERR_TLS_CERT_ALTNAME_INVALID/,
    /host name/,
  ],
  [
    'a server without TLS',
    async () => {
      const port = await listening(createHttpServer((_, response) => void response.end('{}')));
      return { AWORK_BASE_URL: `https://localhost:${port}` };
    },
    /EPROTO|ERR_SSL_\w+/,
    /port, and http or https/,
  ],
])('%s', async (_, environment, code, remedy) => {
  const { told, next, log, doctor } = await reports(await environment());
  expect(told).toMatch(code);
  expect(log).toMatch(code);
  expect(log).toMatch(remedy);
  expect(doctor).toMatch(code);
  expect(doctor).toMatch(remedy);
  if (!/EAI_AGAIN/.test(told)) expect(next).not.toMatch(/^Try again later/);
});

describe('a proxy', () => {
  const BASE = { AWORK_BASE_URL: 'https://awork.invalid' };

  it.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'])(
    'without a scheme in %s is used',
    async (name) => {
      const { port, seen } = await refusingProxy(407);
      const { told, log, doctor } = await reports({ ...BASE, [name]: `127.0.0.1:${port}` });
      expect(seen).toContain('awork.invalid:443');
      for (const text of [told, log, doctor]) expect(text).toContain('PROXY_407');
      for (const text of [log, doctor]) expect(text).toContain('user:password@host:port');
    },
  );

  it.each([undefined, 'a-proxy-password'])(
    'carries a change to a vendor behind TLS (its password: %s)',
    async (password) => {
      const { port, seen } = await tunnellingProxy(await tlsSandbox(), password);
      const login = password === undefined ? '' : `proxy-user:${password}@`;
      const env = {
        ...server.env,
        ...extra(),
        AWORK_BASE_URL: 'https://other.example/awork',
        HTTPS_PROXY: `http://${login}127.0.0.1:${port}`,
      };
      const agent = await connectAgent('v2-modern', { env });
      const position = `Carried by ${password ?? 'anybody'}`;
      const result = await agent.call('awork_update_user', { user_id: jane, set: { position } });
      await agent.close();
      expect(result.is).toMatchObject({ outcome: 'updated' });
      expect(server.sandbox.vendors.awork.users.get(jane)).toMatchObject({ position });
      expect(new Set(seen)).toEqual(new Set(['other.example:443']));
      if (password !== undefined) expect(agent.log()).not.toContain(password);
    },
  );

  it('is not used for hosts in NO_PROXY', async () => {
    const { port, seen } = await refusingProxy(407);
    const { told } = await reports({ ...BASE, HTTPS_PROXY: `127.0.0.1:${port}`, NO_PROXY: 'awork.invalid' });
    expect(seen).toEqual([]);
    expect(told).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });

  it.each(['ftp://secret-word@proxy.corp', 'http://', 'http://secret-word:x@[::1'])(
    'that is invalid is named by its variable, not by its value: %s',
    async (value) => {
      const { told, log, doctor } = await reports({ ...BASE, HTTPS_PROXY: value });
      for (const text of [told, log, doctor]) expect(text).not.toContain('secret-word');
      for (const text of [log, doctor]) expect(text).toMatch(/ERR_INVALID_PROXY[^]*set HTTPS_PROXY to http/);
    },
  );
});
