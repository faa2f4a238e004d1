import { request } from 'node:https';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { DEFAULTS } from '../../src/config/defaults.ts';
import { idOf } from '../../src/sandbox/people.ts';
import { KEEP_ALIVE_MS } from '../../src/server/http/listener.ts';
import { securityHeaders } from '../../src/server/http/responses.ts';
import { PASSPHRASE } from '../support/approvals/program.ts';
import { createRawClient } from '../support/approvals/raw-http.ts';
import { registerApprover } from '../support/approvals/signed-in-approver.ts';
import { type HttpProgram, startHttpProgram } from '../support/http/program.ts';
import { connectTo, INITIALIZE, tokenEntry } from '../support/http/server.ts';
import { CLIENTS, type StdioServer, startStdioServer } from '../support/program/stdio-server.ts';
import { nginx } from '../support/program/system-tools.ts';
import { certificates } from '../support/vendors/certificates.ts';
import { NGINX_CONF, type Nginx, startNginx } from './nginx.ts';
import { DEFAULT_PORT } from './program.ts';

/** A real nginx with our configuration, in front of two built servers on one store. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs

const onNginx = it.skipIf(!nginx);

const TOKEN = 'token-of-the-nginx-test';
const PUBLIC_URL = 'https://users.example.com';

let server: StdioServer;
let programs: HttpProgram[];
let front: Nginx;
beforeAll(async () => {
  if (!nginx) return;
  const auth = { tokens: [tokenEntry('one', TOKEN)] };
  server = await startStdioServer({ config: { http: { publicUrl: PUBLIC_URL, auth } } });
  await registerApprover(server.env);
  programs = [await startHttpProgram(server.env), await startHttpProgram(server.env)];
  front = await startNginx(programs.map(({ url }) => Number(new URL(url).port)));
});
afterAll(async () => {
  if (!nginx) return;
  await front.stop();
  for (const program of programs) program.process.kill('SIGKILL');
  await server.stop();
});
beforeEach(() => nginx && server.sandbox.vendors.atlassian.reset());

interface Answer {
  status: number;
  headers: Record<string, string | undefined>;
  /** Every header as it came, doubled ones twice. */
  names: string[];
  body: string;
}

/** A request to nginx under the public name. `from`: the address of loopback that it comes from. */
function ask(path: string, { method = 'GET', body = '', headers = {}, from = '127.0.0.1' } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const message = request(
      {
        ...{ host: '127.0.0.1', port: new URL(front.url).port, localAddress: from, agent: false },
        ...{ ca: certificates.authority, servername: 'localhost' },
        ...{ method, path, headers: { host: new URL(PUBLIC_URL).host, ...headers } },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as Answer['headers'], // but for set-cookie, which is not read here
            names: response.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()),
            body: text,
          }),
        );
      },
    );
    message.once('error', reject);
    message.end(body);
  });
}

const rpc = (body: unknown, from: string, session = '') =>
  ask('/mcp', {
    ...{ method: 'POST', body: JSON.stringify(body), from },
    headers: {
      ...{ authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...{ accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-06-18' },
      ...(session !== '' && { 'mcp-session-id': session }),
    },
  });
const sessionsOf = async ({ url }: HttpProgram) => {
  const metrics = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })).text();
  return Number(/^update_user_sessions (\d+)$/m.exec(metrics)?.[1]);
};

onNginx.each(CLIENTS)('%s lists tools, is asked while its call is open, and changes a user', async (kind) => {
  const agent = await connectTo(`${front.url}/mcp`, kind, { token: TOKEN, fetch: front.fetch });
  expect((await agent.tools()).map(({ name }) => name)).toContain('atlassian_update_user');
  const change = { user_id: idOf('atlassian', 'jane'), set: { active: false } };
  expect((await agent.call('atlassian_update_user', change)).is).toMatchObject({ outcome: 'updated' });
  await agent.close();
  expect(front.errors()).toBe('');
  expect(front.accessLog()).toContain('"POST /mcp" 200');
});

onNginx('the sessions of 2025-era clients stay with one server, and all servers have some', async () => {
  const before = await Promise.all(programs.map(sessionsOf));
  for (let address = 2; address < 18; address++) {
    const from = `127.0.0.${address}`;
    const session = (await rpc(INITIALIZE, from)).headers['mcp-session-id'];
    expect(session).toBeDefined();
    for (let id = 2; id < 5; id++) {
      const listed = await rpc({ jsonrpc: '2.0', id, method: 'tools/list' }, from, session);
      expect([listed.status, listed.body]).toEqual([200, expect.stringContaining('find_user')]);
    }
  }
  const after = await Promise.all(programs.map(sessionsOf));
  for (const [index, count] of after.entries()) expect(count).toBeGreaterThan(before[index] ?? 0);
});

onNginx('approvers sign in under the public name, and each security header comes once', async () => {
  const page = await ask('/approvals/sign-in');
  expect(page.status).toBe(200);
  for (const name of Object.keys(securityHeaders(PUBLIC_URL))) {
    expect(
      page.names.filter((found) => found === name),
      name,
    ).toHaveLength(1);
  }
  const hidden = createRawClient(PUBLIC_URL).hiddenFieldsOf(page.body, '/approvals/sign-in');
  const form = { ...hidden, name: 'ann', passphrase: PASSPHRASE };
  const signedIn = await ask('/approvals/sign-in', {
    method: 'POST',
    body: new URLSearchParams(form).toString(),
    headers: {
      origin: PUBLIC_URL,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
      cookie: String(page.headers['set-cookie']).split(';')[0] ?? '',
    },
  });
  expect([signedIn.status, signedIn.headers['location']]).toEqual([303, '/approvals']);
});

onNginx('a client without a token learns where to get one', async () => {
  const { status, headers } = await ask('/mcp', { method: 'POST' });
  const metadata = /resource_metadata="([^"]+)"/.exec(headers['www-authenticate'] ?? '')?.[1] ?? '';
  expect([status, new URL(metadata).origin]).toEqual([401, PUBLIC_URL]);
  const answer = await ask(new URL(metadata).pathname);
  expect(JSON.parse(answer.body)).toMatchObject({ resource: `${PUBLIC_URL}/mcp` });
});

onNginx.each([
  '/metrics',
  '/metrics/',
  '//metrics',
  '/mcp/../metrics',
  '/mcp/..%2Fmetrics',
  '/approvals/../metrics',
  '/approvals/%2e%2e/metrics',
  '/%6Detrics',
  '/healthz',
  '/readyz',
  '/',
])('%s is not for the outside', async (path) => {
  const { status, body } = await ask(path, { headers: { authorization: `Bearer ${TOKEN}` } });
  expect(status).toBe(404);
  expect(body).not.toContain('update_user');
});

onNginx('a body is as large as the server accepts, and no larger', async () => {
  const send = (bytes: number) => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    return front.fetch(`${front.url}/mcp`, { method: 'POST', headers, body: 'x'.repeat(bytes) });
  };
  const [largest, larger] = [await send(DEFAULTS.http.bodyBytes), await send(DEFAULTS.http.bodyBytes + 1)];
  expect([largest.status, larger.status]).toEqual([400, 413]);
  expect(larger.headers.get('server')).toBe('nginx');
});

onNginx('without TLS people are sent on, and tokens are not accepted', async () => {
  const get = (path: string) => fetch(front.plainUrl + path, { redirect: 'manual' });
  const page = await get('/approvals/sign-in');
  expect([page.status, page.headers.get('location')]).toEqual([301, `${PUBLIC_URL}/approvals/sign-in`]);
  expect((await get('/mcp')).status).toBe(404);
});

onNginx('an address that asks for too many pages is slowed down', async () => {
  const from = '127.0.0.99';
  const answers = await Promise.all(Array.from({ length: 120 }, () => ask('/approvals/sign-in', { from })));
  const statuses = new Set(answers.map(({ status }) => status));
  expect([...statuses].toSorted()).toEqual([200, 429]);
  expect((await ask('/approvals/sign-in')).status).toBe(200);
});

onNginx('the access log has paths and no queries', async () => {
  await ask('/approvals/sign-in?user=jane.doe@acme.example');
  expect(front.accessLog()).toContain('"GET /approvals/sign-in" 200');
  expect(front.accessLog()).not.toContain('jane.doe');
});

onNginx('its limits and times fit those of the server', () => {
  const value = (name: string) => new RegExp(`^\\s*${name} (\\S+);`, 'm').exec(NGINX_CONF)?.[1] ?? '';
  const { bodyBytes, sessions } = DEFAULTS.http;
  expect(value('client_max_body_size')).toBe(`${bodyBytes / 1024 ** 2}m`);
  expect(value('client_body_buffer_size')).toBe(value('client_max_body_size'));
  expect(value('proxy_read_timeout')).toMatch(/^\d+m$/);
  expect(Number.parseInt(value('proxy_read_timeout'), 10)).toBeGreaterThan(sessions.idleMinutes);
  expect(value('keepalive_timeout')).toMatch(/^\d+s$/);
  expect(Number.parseInt(value('keepalive_timeout'), 10) * 1000).toBeLessThan(KEEP_ALIVE_MS);
  expect(NGINX_CONF).toContain(`server 127.0.0.1:${DEFAULT_PORT};`);
});

onNginx('when one server is gone, the other one answers for it', async () => {
  programs[0]?.process.kill('SIGTERM');
  await programs[0]?.exit;
  for (let address = 2; address < 10; address++) {
    expect((await rpc(INITIALIZE, `127.0.0.${address}`)).status).toBe(200);
  }
});
