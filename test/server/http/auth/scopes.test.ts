import { afterAll, beforeAll, expect, it } from 'vitest';
import { idOf } from '../../../../src/sandbox/people.ts';
import { AUDIENCE, type Issuer, startIssuer } from '../../../support/http/issuer.ts';
import { INITIALIZE, post, startHttpServer, type TestServer, tokenEntry } from '../../../support/http/server.ts';
import { ALLOW_ALL, putsAt } from '../../../support/pipeline/pipeline.ts';

/** What a token with a scope may call, of a configured token and of an access token. */

let testServer: TestServer;
let issuer: Issuer;
let mcp: string;
beforeAll(async () => {
  issuer = await startIssuer();
  testServer = await startHttpServer({
    policy: ALLOW_ALL,
    http: {
      auth: {
        tokens: [
          tokenEntry('dashboard', 'read-token', ['users:read']),
          tokenEntry('importer', 'write-token', ['users:write']),
          tokenEntry('unscoped', 'no-token', []),
        ],
        oauth: { issuer: issuer.issuer, audience: AUDIENCE, jwks: issuer.jwks },
      },
    },
  });
  mcp = `${testServer.server.url}/mcp`;
});
afterAll(async () => {
  await testServer.stop();
  await issuer.close();
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const jane = idOf('atlassian', 'jane');
const rpc = (method: string, params: Record<string, unknown>) => ({ jsonrpc: '2.0', id: 7, method, params });
const update = rpc('tools/call', {
  name: 'atlassian_update_user',
  arguments: { user_id: jane, set: { title: 'Boss' } },
});
const read = bearer('read-token');

it('allows a reader to list and find, and nothing more', async () => {
  const agent = await testServer.connect('v1-form', { token: 'read-token' });
  expect((await agent.tools()).length).toBeGreaterThan(3);
  expect((await agent.call('find_user', { query: 'jane' })).is).toHaveProperty('users');
  expect((await agent.call('list_changes', {})).isError).toBe(false);
  const calls = [agent.call('atlassian_update_user', {}), agent.call('undo_change', { change_id: 'x' })];
  for (const { status } of await Promise.allSettled(calls)) expect(status).toBe('rejected');
});

it.each(['v2-modern', 'v1-form'] as const)('%s: a writer lists its tools and writes, but cannot read', async (kind) => {
  const agent = await testServer.connect(kind, { token: 'write-token' });
  expect((await agent.tools()).map(({ name }) => name)).toContain('atlassian_update_user');
  const preview = { user_id: jane, set: { title: 'Boss' }, dry_run: true };
  expect((await agent.call('atlassian_update_user', preview)).is).toMatchObject({ outcome: 'preview' });
  await expect(agent.call('find_user', { query: 'jane' })).rejects.toThrow();
  await expect(agent.call('list_changes', {})).rejects.toThrow();
});

it('lists nothing to a token without a scope', async () => {
  const answer = await post(mcp, rpc('tools/list', {}), bearer('no-token'));
  expect(answer.status).toBe(403);
  expect(answer.headers.get('www-authenticate')).toContain('scope="users:read"');
});

it.each([
  ['a call', update],
  ['a batch with a call in it', [{ ...rpc('ping', {}), id: 'other' }, update]],
  ['undo', rpc('tools/call', { name: 'undo_change', arguments: { change_id: 'x' } })],
])('responds 403 to %s and names the missing scope', async (_name, body) => {
  const answer = await post(mcp, body, read);
  expect(answer.status).toBe(403);
  const challenge = answer.headers.get('www-authenticate') ?? '';
  expect(challenge).toContain('error="insufficient_scope"');
  expect(challenge).toContain('scope="users:write"');
  expect(challenge).toContain('/.well-known/oauth-protected-resource/mcp');
  expect(putsAt(testServer.sandbox, 'atlassian')).toHaveLength(0);
});

it.each(['v2-modern', 'v2-legacy'] as const)('%s: a reader cannot write', async (kind) => {
  const agent = await testServer.connect(kind, { token: 'read-token' });
  await expect(agent.call('atlassian_update_user', { user_id: jane, set: { title: 'Boss' } })).rejects.toThrow();
  expect(putsAt(testServer.sandbox, 'atlassian')).toHaveLength(0);
});

it.each([
  ['a string', { scope: 'openid users:write' }, 200],
  ['Azure’s and Okta’s list', { scope: undefined, scp: ['users:write'] }, 200],
  ['none', { scope: undefined }, 403],
  ['a longer name', { scope: 'users:write:all' }, 403],
] as const)('reads the scopes of an access token: %s', async (_name, claims, status) => {
  const token = await issuer.token(claims);
  const call = { ...update, params: { ...update.params, arguments: { user_id: jane, set: {}, dry_run: true } } };
  const opened = await post(mcp, INITIALIZE, bearer(token));
  const session = { 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' };
  expect((await post(mcp, call, { ...bearer(token), ...session })).status).toBe(status);
});
