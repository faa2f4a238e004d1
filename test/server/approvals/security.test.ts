import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { type Served, serveApprovalPage } from '../../support/approvals/page.ts';
import { createRawClient, type RawClient } from '../../support/approvals/raw-http.ts';
import { type Pipeline, putsAt } from '../../support/pipeline.ts';

/** What comes in without a browser: nothing gets past the door that a signed-in person did not send from the page. */

let served: Served;
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
  const { approval: waiting } = await pipeline.call('atlassian', args);
  approval = { id: waiting?.id ?? '', url: waiting?.url ?? '' };
});

const stateOf = (id: string) => served.stateOf(id);

/** Signed in, with one and the same session. */
function signedIn(): RawClient {
  const client = createRawClient(origin);
  client.cookie = session;
  return client;
}

/** A form that would approve, were it sent as it should be. */
async function readyToApprove() {
  const client = signedIn();
  const { body } = await client.get(`/approvals/${approval.id}`);
  const action = `/approvals/${approval.id}/approve`;
  return { client, action, fields: client.hiddenFieldsOf(body, action) };
}

describe('somebody who has all an agent is told, and no passphrase', () => {
  it('cannot approve by HTTP', async () => {
    const told = JSON.stringify(await pipeline.call('atlassian', args));
    const client = createRawClient(origin);
    expect(told).toContain(approval.url);
    expect((await client.get(new URL(approval.url).pathname)).headers['location']).toBe(
      `/approvals/sign-in?to=${approval.id}`,
    );
    const { body } = await client.get(`/approvals/sign-in?to=${approval.id}`);
    expect(body).not.toContain('Jane');
    const stamp = client.hiddenFieldsOf(body, '/approvals/sign-in');
    const tries = [
      client.post(`${new URL(approval.url).pathname}/approve`, {}),
      client.post(`${new URL(approval.url).pathname}/approve`, stamp),
      client.post(`${new URL(approval.url).pathname}/approve`, { ...stamp, csrf: approval.id, once: approval.id }),
      client.post(new URL(approval.url).pathname, stamp),
      client.get(`${new URL(approval.url).pathname}/approve`),
      client.post('/approvals/sign-in', { ...stamp, name: 'ann', passphrase: approval.id }),
    ];
    for (const { status } of await Promise.all(tries)) expect([401, 403, 404]).toContain(status);
    expect(await stateOf(approval.id)).toBe('pending');
    expect((await pipeline.call('atlassian', args)).outcome).toBe('needs_approval');
    expect(putsAt(pipeline.sandbox, 'atlassian')).toHaveLength(0);
  });

  it('cannot make up a session', async () => {
    const client = createRawClient(origin);
    const { fields } = await readyToApprove();
    for (const value of ['', 'a'.repeat(43), '__proto__', approval.id]) {
      client.cookie = `approvals-${new URL(origin).port}=${value}`;
      const { status } = await client.post(`/approvals/${approval.id}/approve`, fields);
      expect(status).toBe(403);
    }
    expect(await stateOf(approval.id)).toBe('pending');
  });
});

describe('a form', () => {
  it('counts when it is sent from the page', async () => {
    const { client, action, fields } = await readyToApprove();
    expect((await client.post(action, fields)).headers['location']).toBe(`/approvals/${approval.id}`);
    expect(await stateOf(approval.id)).toBe('approved');
  });

  it.each([
    ['without its token', { csrf: '' }],
    ['with another token', { csrf: 'A'.repeat(43) }],
    ['with another number', { once: 'AAAAAAAAAAAAAAAAAAAAAA.9999999999999' }],
  ])('is refused %s', async (_how, changed) => {
    const { client, action, fields } = await readyToApprove();
    expect((await client.post(action, { ...fields, ...changed })).status).toBe(403);
    expect(await stateOf(approval.id)).toBe('pending');
  });

  it.each([
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['the Origin of another port', { origin: 'http://127.0.0.1:1' }],
    ['an Origin of nobody', { origin: 'null' }],
    ['no Origin', { origin: '' }],
    ['a foreign Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbouring Sec-Fetch-Site', { 'sec-fetch-site': 'same-site' }],
    ['a foreign Host', { host: 'evil.example' }],
    ['a foreign Host that says it is ours', { host: 'evil.example', origin: 'http://evil.example' }],
    ['no known Host', { host: '127.0.0.1.evil.example' }],
  ])('is refused with %s', async (_what, headers) => {
    const { client, action, fields } = await readyToApprove();
    const { status } = await client.post(action, fields, headers);
    expect(status).toBe(403);
    expect(await stateOf(approval.id)).toBe('pending');
    expect((await client.post(action, fields)).status).toBe(303); // and was not used up by that
  });

  it('is refused when it comes once more', async () => {
    const client = signedIn();
    const { body } = await client.get(`/approvals/${approval.id}`);
    const out = client.hiddenFieldsOf(body, '/approvals/sign-out');
    const action = `/approvals/${approval.id}/decline`;
    const fields = client.hiddenFieldsOf(body, action);
    expect((await client.post(action, fields)).status).toBe(303);
    expect(await client.post(action, fields)).toMatchObject({
      status: 409,
      body: expect.stringContaining('out of date'),
    });
    expect((await client.post(action, out)).status).toBe(403); // another form's stamp
  });

  it('is refused from another visitor', async () => {
    const { action, fields } = await readyToApprove();
    expect((await (await served.signIn()).post(action, fields)).status).toBe(403);
    expect(await stateOf(approval.id)).toBe('pending');
  });

  it('is refused when it is too long or of another kind', async () => {
    const { client, action, fields } = await readyToApprove();
    expect((await client.post(action, { ...fields, reason: 'x'.repeat(17_000) })).status).toBe(413);
    expect((await client.post(action, JSON.stringify(fields), { 'content-type': 'application/json' })).status).toBe(
      415,
    );
    expect((await client.post(action, fields, { 'content-type': 'text/plain' })).status).toBe(415);
    expect(await stateOf(approval.id)).toBe('pending');
  });

  it('of an approver signed out in between leads to the sign-in, and decides nothing', async () => {
    const client = await served.signIn();
    const action = `/approvals/${approval.id}/approve`;
    const fields = client.hiddenFieldsOf((await client.get(`/approvals/${approval.id}`)).body, action);
    const { body } = await client.get('/approvals');
    const { cookie } = client;
    await client.post('/approvals/sign-out', client.hiddenFieldsOf(body, '/approvals/sign-out'));
    client.cookie = cookie;
    expect((await client.post(action, fields)).headers['location']).toBe(
      `/approvals/sign-in?to=${approval.id}&ended=1`,
    );
    expect(await stateOf(approval.id)).toBe('pending');
  });
});

describe('a malformed form or address', () => {
  it.each([
    ['a field twice', (body: string) => `${body}&overwrite=no&overwrite=yes`],
    ['a stamp twice', (body: string) => `${body}&${body}`],
    ['a list', (body: string) => `${body}&typed[]=Jane+Doe`],
    ['a broken escape', (body: string) => `${body}&reason=100%`],
    ['escaped bytes that are no UTF-8', (body: string) => `${body}&reason=%e4`],
    [
      'more fields than there are',
      (body: string) => `${body}&${'x=&'.repeat(1)}${Array.from({ length: 80 }, (_, i) => `f${i}=1`).join('&')}`,
    ],
  ])('with %s is refused in words, and decides nothing', async (_what, change) => {
    const { client, action, fields } = await readyToApprove();
    const answer = await client.post(action, change(new URLSearchParams(fields).toString()));
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('Nothing was decided') });
    expect(await stateOf(approval.id)).toBe('pending');
    expect((await client.post(action, fields)).status).toBe(303); // and was not used up by that
  });

  it('in another encoding is refused', async () => {
    const { client, action, fields } = await readyToApprove();
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
  ])('%s is answered in words', async (path) => {
    expect(await signedIn().get(path)).toMatchObject({ status: 400, body: expect.stringContaining('Not understood') });
  });

  it.each(['/approvals/%ff', '/approvals/%', '/approvals/%2e%2e', '/approvals/%00', `/approvals/${'a'.repeat(9000)}`])(
    '%s is no request of ours',
    async (path) => {
      expect([400, 404]).toContain((await signedIn().get(path)).status);
    },
  );

  it('with a reason longer than what is kept of it is put right first', async () => {
    const client = signedIn();
    const action = `/approvals/${approval.id}/decline`;
    const stamp = client.hiddenFieldsOf((await client.get(`/approvals/${approval.id}`)).body, action);
    const long = await client.post(action, { ...stamp, reason: 'x'.repeat(301) });
    expect(long).toMatchObject({ status: 422, body: expect.stringContaining('at most 300 characters') });
    expect(await stateOf(approval.id)).toBe('pending');
  });
});
