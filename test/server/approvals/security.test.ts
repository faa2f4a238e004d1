import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { type ServedPage, serveApprovalPage } from '../../support/approvals/page.ts';
import { createRawClient, type RawHttpClient } from '../../support/approvals/raw-http.ts';
import { type Pipeline, putsAt } from '../../support/pipeline/pipeline.ts';

/** Requests without a browser: only forms that a signed-in approver sends from the page have an effect. */

let served: ServedPage;
let pipeline: Pipeline;
let origin: string;
let session: string;
let approval: { id: string; url: string };
let args = { user_id: '', set: { title: '' } };
let asked = 0;

beforeAll(async () => {
  served = await serveApprovalPage({ config: { policy: { rules: [{ field: '*', decision: 'approve' }] } } });
  ({ pipeline, origin } = served);
  session = (await served.signIn()).cookie;
}, 30_000);
afterAll(() => served.stop());
beforeEach(async () => {
  pipeline.sandbox.vendors.atlassian.reset();
  args = { user_id: idOf('atlassian', 'jane'), set: { title: `Boss ${++asked}` } };
  const { approval: pending } = await pipeline.call('atlassian', args);
  approval = { id: pending?.id ?? '', url: pending?.url ?? '' };
});

const stateOf = (id: string) => served.stateOf(id);

/** A client with the shared session. */
function createSignedInClient(): RawHttpClient {
  const client = createRawClient(origin);
  client.cookie = session;
  return client;
}

/** A valid form that approves. */
async function openApproveForm() {
  const client = createSignedInClient();
  const { body } = await client.get(`/approvals/${approval.id}`);
  const action = `/approvals/${approval.id}/approve`;
  return { client, action, fields: client.hiddenFieldsOf(body, action) };
}

describe('a client that knows all an agent is told, but no passphrase', () => {
  it('cannot approve over HTTP', async () => {
    const told = JSON.stringify(await pipeline.call('atlassian', args));
    const client = createRawClient(origin);
    expect(told).toContain(approval.url);
    expect((await client.get(new URL(approval.url).pathname)).headers['location']).toBe(
      `/approvals/sign-in?to=${approval.id}`,
    );
    const { body } = await client.get(`/approvals/sign-in?to=${approval.id}`);
    expect(body).not.toContain('Jane');
    const hidden = client.hiddenFieldsOf(body, '/approvals/sign-in');
    const attempts = [
      client.post(`${new URL(approval.url).pathname}/approve`, {}),
      client.post(`${new URL(approval.url).pathname}/approve`, hidden),
      client.post(`${new URL(approval.url).pathname}/approve`, { ...hidden, csrf: approval.id, nonce: approval.id }),
      client.post(new URL(approval.url).pathname, hidden),
      client.get(`${new URL(approval.url).pathname}/approve`),
      client.post('/approvals/sign-in', { ...hidden, name: 'ann', passphrase: approval.id }),
    ];
    for (const { status } of await Promise.all(attempts)) expect([401, 403, 404]).toContain(status);
    expect(await stateOf(approval.id)).toBe('pending');
    expect((await pipeline.call('atlassian', args)).outcome).toBe('needs_approval');
    expect(putsAt(pipeline.sandbox, 'atlassian')).toHaveLength(0);
  });

  it('cannot forge a session', async () => {
    const client = createRawClient(origin);
    const { fields } = await openApproveForm();
    for (const value of ['', 'a'.repeat(43), '__proto__', approval.id]) {
      client.cookie = `approvals-${new URL(origin).port}=${value}`;
      const { status } = await client.post(`/approvals/${approval.id}/approve`, fields);
      expect(status).toBe(403);
    }
    expect(await stateOf(approval.id)).toBe('pending');
  });
});

describe('a form', () => {
  it('is accepted when it is sent from the page', async () => {
    const { client, action, fields } = await openApproveForm();
    expect((await client.post(action, fields)).headers['location']).toBe(`/approvals/${approval.id}`);
    expect(await stateOf(approval.id)).toBe('approved');
  });

  it.each([
    ['without its CSRF token', { csrf: '' }],
    ['with another CSRF token', { csrf: 'A'.repeat(43) }],
    ['with another nonce', { nonce: 'AAAAAAAAAAAAAAAAAAAAAA.9999999999999' }],
  ])('is refused %s', async (_how, changed) => {
    const { client, action, fields } = await openApproveForm();
    expect((await client.post(action, { ...fields, ...changed })).status).toBe(403);
    expect(await stateOf(approval.id)).toBe('pending');
  });

  it.each([
    ['another Origin', { origin: 'https://evil.example' }],
    ['the Origin of another port', { origin: 'http://127.0.0.1:1' }],
    ['an opaque Origin', { origin: 'null' }],
    ['no Origin', { origin: '' }],
    ['a cross-site Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
    ['a same-site Sec-Fetch-Site', { 'sec-fetch-site': 'same-site' }],
    ['another Host', { host: 'evil.example' }],
    ['another Host and its own Origin', { host: 'evil.example', origin: 'http://evil.example' }],
    ['a Host that begins like ours', { host: '127.0.0.1.evil.example' }],
  ])('is refused with %s', async (_what, headers) => {
    const { client, action, fields } = await openApproveForm();
    const { status } = await client.post(action, fields, headers);
    expect(status).toBe(403);
    expect(await stateOf(approval.id)).toBe('pending');
    expect((await client.post(action, fields)).status).toBe(303); // its nonce was not consumed
  });

  it('is refused when it is sent again', async () => {
    const client = createSignedInClient();
    const { body } = await client.get(`/approvals/${approval.id}`);
    const signOut = client.hiddenFieldsOf(body, '/approvals/sign-out');
    const action = `/approvals/${approval.id}/decline`;
    const fields = client.hiddenFieldsOf(body, action);
    expect((await client.post(action, fields)).status).toBe(303);
    expect(await client.post(action, fields)).toMatchObject({
      status: 409,
      body: expect.stringContaining('out of date'),
    });
    expect((await client.post(action, signOut)).status).toBe(403); // the CSRF token of another form
  });

  it('is refused from another browser', async () => {
    const { action, fields } = await openApproveForm();
    expect((await (await served.signIn()).post(action, fields)).status).toBe(403);
    expect(await stateOf(approval.id)).toBe('pending');
  });

  it('is refused when it is too large or has another content type', async () => {
    const { client, action, fields } = await openApproveForm();
    expect((await client.post(action, { ...fields, reason: 'x'.repeat(17_000) })).status).toBe(413);
    expect((await client.post(action, JSON.stringify(fields), { 'content-type': 'application/json' })).status).toBe(
      415,
    );
    expect((await client.post(action, fields, { 'content-type': 'text/plain' })).status).toBe(415);
    expect(await stateOf(approval.id)).toBe('pending');
  });

  it('of an approver who signed out since leads to the sign-in and decides nothing', async () => {
    const client = await served.signIn();
    const action = `/approvals/${approval.id}/approve`;
    const fields = client.hiddenFieldsOf((await client.get(`/approvals/${approval.id}`)).body, action);
    const { body } = await client.get('/approvals');
    const { cookie } = client;
    const signOut = client.hiddenFieldsOf(body, '/approvals/sign-out');
    await client.post('/approvals/sign-out', signOut);
    // From another tab, which does not know yet.
    expect((await client.post('/approvals/sign-out', signOut)).headers['location']).toBe('/approvals/sign-in');
    client.cookie = cookie;
    expect((await client.post(action, fields)).headers['location']).toBe(
      `/approvals/sign-in?to=${approval.id}&ended=1`,
    );
    expect(await stateOf(approval.id)).toBe('pending');
  });
});

describe('a malformed form or address', () => {
  it.each([
    ['a repeated field', (body: string) => `${body}&overwrite=no&overwrite=yes`],
    ['a repeated CSRF token', (body: string) => `${body}&${body}`],
    ['a list', (body: string) => `${body}&typed[]=Jane+Doe`],
    ['a broken escape', (body: string) => `${body}&reason=100%`],
    ['escaped bytes that are not UTF-8', (body: string) => `${body}&reason=%e4`],
    [
      'more fields than the page has',
      (body: string) => `${body}&${'x=&'.repeat(1)}${Array.from({ length: 140 }, (_, i) => `f${i}=1`).join('&')}`,
    ],
  ])('with %s is refused with an explanation and decides nothing', async (_what, change) => {
    const { client, action, fields } = await openApproveForm();
    const response = await client.post(action, change(new URLSearchParams(fields).toString()));
    expect(response).toMatchObject({ status: 400, body: expect.stringContaining('Nothing was decided') });
    expect(await stateOf(approval.id)).toBe('pending');
    expect((await client.post(action, fields)).status).toBe(303); // its nonce was not consumed
  });

  it('in another encoding is refused', async () => {
    const { client, action, fields } = await openApproveForm();
    const type = 'application/x-www-form-urlencoded; charset=iso-8859-1';
    expect((await client.post(action, fields, { 'content-type': type })).status).toBe(415);
    expect(await stateOf(approval.id)).toBe('pending');
  });

  it.each([
    '/approvals?after=1&after=2',
    '/approvals?after=x',
    '/approvals?after[]=1',
    `/approvals?after=99999999999999999.${'0'.repeat(36)}`,
    '/approvals?state=used',
    '/approvals?after=%ff',
    '/approvals/sign-in?to=%',
  ])('%s is refused with an explanation', async (path) => {
    expect(await createSignedInClient().get(path)).toMatchObject({
      status: 400,
      body: expect.stringContaining('Not understood'),
    });
  });

  it.each(['/approvals/%ff', '/approvals/%', '/approvals/%2e%2e', '/approvals/%00', `/approvals/${'a'.repeat(9000)}`])(
    '%s is not a request for approval',
    async (path) => {
      expect([302, 400, 404]).toContain((await createSignedInClient().get(path)).status);
    },
  );

  it('with a reason longer than is stored has to be corrected', async () => {
    const client = createSignedInClient();
    const action = `/approvals/${approval.id}/decline`;
    const hidden = client.hiddenFieldsOf((await client.get(`/approvals/${approval.id}`)).body, action);
    const long = await client.post(action, { ...hidden, reason: 'x'.repeat(301) });
    expect(long).toMatchObject({ status: 422, body: expect.stringContaining('at most 300 characters') });
    expect(await stateOf(approval.id)).toBe('pending');
  });
});
