import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { AUDIENCE, type Issuer, startIssuer } from '../../support/http/issuer.ts';
import { post, startHttpServer, type TestServer, tokenEntry } from '../../support/http/server.ts';
import { CHOICE } from '../../support/json-rpc/stdio.ts';
import { putsAt } from '../../support/pipeline/pipeline.ts';

let testServer: TestServer;
let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer();
  testServer = await startHttpServer({
    policy: {
      rules: [
        { caller: 'nightly-sync', field: 'atlassian.title', decision: 'allow' },
        { caller: `${issuer.issuer}#robot`, field: 'atlassian.title', decision: 'allow' },
      ],
    },
    http: {
      auth: {
        tokens: [tokenEntry('nightly-sync', 'sync-token'), tokenEntry('chat', 'chat-token')],
        oauth: { issuer: issuer.issuer, audience: AUDIENCE, jwks: issuer.jwks },
      },
    },
  });
});
afterAll(async () => {
  await testServer.stop();
  await issuer.close();
});
beforeEach(() => testServer.sandbox.vendors.atlassian.reset());

const jane = idOf('atlassian', 'jane');
const change = { user_id: jane, set: { title: 'Boss' } };

it.each(['v2-modern-mute', 'v2-legacy-mute', 'v1-mute'] as const)(
  '%s: a rule for the name of a token applies',
  async (kind) => {
    const agent = await testServer.connect(kind, { token: 'sync-token' });
    expect((await agent.call('atlassian_update_user', change)).is).toMatchObject({ outcome: 'updated' });
  },
);

it.each(['v2-modern-mute', 'v2-legacy-mute', 'v1-mute'] as const)(
  '%s: a client that calls itself that does not match',
  async (kind) => {
    const agent = await testServer.connect(kind, { token: 'chat-token', name: 'nightly-sync' });
    const { is } = await agent.call('atlassian_update_user', change);
    expect(is).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
    expect(putsAt(testServer.sandbox, 'atlassian')).toHaveLength(0);
  },
);

it('tells OAuth subjects apart from tokens of the same name', async () => {
  const robot = await testServer.connect('v1-mute', { token: await issuer.token({ sub: 'robot' }) });
  expect((await robot.call('atlassian_update_user', change)).is).toMatchObject({ outcome: 'updated' });
  testServer.sandbox.vendors.atlassian.reset();
  const impostor = await testServer.connect('v1-mute', { token: await issuer.token({ sub: 'nightly-sync' }) });
  const { is } = await impostor.call('atlassian_update_user', change);
  expect(is).toMatchObject({ code: 'confirmation_unavailable' });
});

it('tells OAuth subjects apart by case', async () => {
  const other = await testServer.connect('v1-mute', { token: await issuer.token({ sub: 'ROBOT' }) });
  const { is } = await other.call('atlassian_update_user', change);
  expect(is).toMatchObject({ code: 'confirmation_unavailable' });
});

it('records the verified caller, not what the client calls itself', async () => {
  const agent = await testServer.connect('v1-mute', { token: 'chat-token', name: 'nightly-sync' });
  await agent.call('atlassian_update_user', change);
  const { is } = await agent.call('list_changes', { limit: 1 });
  expect(is['changes']).toMatchObject([{ caller: 'chat', client: 'nightly-sync 1.0' }]);
});

it('names the verified caller in the question', async () => {
  let message = '';
  const agent = await testServer.connect('v2-modern', {
    token: 'chat-token',
    name: 'nightly-sync',
    onQuestion: (form) => {
      message = form.message;
      return { action: 'accept', content: { confirm: CHOICE.no } };
    },
  });
  await agent.call('atlassian_update_user', { user_id: jane, set: { nickName: 'JJ' } });
  expect(message).toContain('Asked by "chat", whose client calls itself "nightly-sync 1.0"');
});

it('does not accept a yes of one caller from another', async () => {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'by-hand', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
  };
  const call = async (token: string, more: Record<string, unknown> = {}) => {
    const params = {
      name: 'atlassian_update_user',
      arguments: { user_id: jane, set: { nickName: 'JJ' } },
      _meta: meta,
    };
    const headers = {
      authorization: `Bearer ${token}`,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'atlassian_update_user',
    };
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { ...params, ...more } };
    const answer = await post(`${testServer.server.url}/mcp`, body, headers);
    return ((await answer.json()) as { result: Record<string, unknown> }).result;
  };
  const asked = await call('chat-token');
  expect(asked).toHaveProperty('requestState');
  const yes = {
    requestState: asked['requestState'],
    inputResponses: { confirm: { action: 'accept', content: { confirm: CHOICE.yes } } },
  };
  const stolen = await call('sync-token', yes);
  expect(stolen).toHaveProperty('inputRequests'); // asked anew
  expect(putsAt(testServer.sandbox, 'atlassian')).toHaveLength(0);
  expect(await call('chat-token', yes)).toMatchObject({ structuredContent: { outcome: 'updated' } });
});
