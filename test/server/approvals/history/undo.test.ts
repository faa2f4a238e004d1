import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { type ServedPage, serveApprovalPage } from '../../../support/approvals/page.ts';
import type { RawHttpClient } from '../../../support/approvals/raw-http.ts';
import { CALLERS_MAY, JANE, TITLE } from '../../../support/approvals/undo.ts';
import { stored } from '../../../support/pipeline/pipeline.ts';

/** Asking for an undo on the page of a change, and deciding on it as another approver. */

let served: ServedPage;
let ann: RawHttpClient;
let bob: RawHttpClient;

beforeAll(async () => {
  served = await serveApprovalPage({ config: { policy: CALLERS_MAY } }, ['ann', 'bob']);
  [ann, bob] = await Promise.all([served.signIn('ann'), served.signIn('bob')]);
}, 30_000);
afterAll(() => served.stop());
beforeEach(() => served.pipeline.sandbox.vendors.atlassian.reset());

const titleNow = () => stored(served.pipeline.sandbox, 'atlassian', JANE)['title'];

async function change(set: Record<string, unknown> = { title: 'Advisor' }): Promise<string> {
  const args = { user_id: JANE, set, reason: 'moved to another team' };
  return (await served.pipeline.call('atlassian', args)).change_id ?? '';
}

async function press(client: RawHttpClient, page: string, verb: string, fields: Record<string, string> = {}) {
  const { body } = await client.get(`/approvals/${page}`);
  const action = `/approvals/${page}/${verb}`;
  return await client.post(action, { ...client.hiddenFieldsOf(body, action), ...fields });
}

it('an approver asks, another one agrees, and the server has carried it out when the page comes back', async () => {
  const id = await change();
  const page = await ann.get(`/approvals/history/${id}`);
  expect(page.status).toBe(200);
  for (const part of [
    /Changed: <bdi>title/,
    /Product Manager/,
    /Advisor/,
    /moved to another team/,
    /&quot;local&quot;/,
  ])
    expect(page.body).toMatch(part);

  const asked = await press(ann, `history/${id}`, 'undo', { reason: 'a mistake' });
  expect(asked.status).toBe(303);
  const request = asked.headers.location ?? '';
  expect(request).toMatch(/^\/approvals\/[0-9a-f-]{36}$/);
  const shown = await ann.get(request);
  expect(shown.body).toContain('You may not approve this');
  expect(shown.body).not.toContain('Approve this change');
  expect(shown.body).toContain('a mistake');

  const given = await press(bob, request.slice('/approvals/'.length), 'approve');
  expect(given).toMatchObject({ status: 303, headers: { location: request } });
  expect(titleNow()).toBe(TITLE);
  expect((await bob.get(request)).body).toContain('carried out');

  const [undone] = await (await served.pipeline.app.store()).list({ userId: JANE, limit: 1 });
  const after = await bob.get(`/approvals/history/${undone?.changeId}`);
  expect(after.body).toContain(`href="/approvals/history/${id}"`);
  expect(after.body).toContain(`href="${request}"`);
  expect(after.body).toMatch(/approver:ann[^]*Approved by<\/dt><dd><bdi>&quot;bob&quot;/);
  expect(after.body).toMatch(/Approval<\/b>[^]*requested[^]*approved by <bdi>&quot;bob&quot;/);
  expect((await bob.get(`/approvals/history/${id}`)).body).toContain(`href="/approvals/history/${undone?.changeId}"`);
});

it('a field that someone changed since needs a yes of its own', async () => {
  const id = await change();
  await served.pipeline.call('atlassian', { user_id: JANE, set: { title: 'Director' } });
  const { headers } = await press(ann, `history/${id}`, 'undo');
  const request = (headers.location ?? '').slice('/approvals/'.length);
  expect((await press(bob, request, 'approve')).status).toBe(422);
  expect(titleNow()).toBe('Director');
  await press(bob, request, 'approve', { overwrite: 'yes' });
  expect(titleNow()).toBe(TITLE);
});

it('a record that moved after the yes leads to the newer request', async () => {
  const id = await change();
  const { headers } = await press(ann, `history/${id}`, 'undo');
  const request = (headers.location ?? '').slice('/approvals/'.length);
  const { users } = served.pipeline.sandbox.vendors.atlassian;
  users.set(JANE, { ...users.get(JANE), title: 'Director' });
  const given = await press(bob, request, 'approve');
  expect(given.headers.location).not.toBe(`/approvals/${request}`);
  expect(titleNow()).toBe('Director');
  const newer = await bob.get(given.headers.location ?? '');
  expect(newer.body).toContain('Asked again: changed since the earlier request: title.');
  expect((await bob.get(`/approvals/${request}`)).body).toContain(`href="${given.headers.location}">The newer request`);
});

it('what the pipeline answers is on the page, and recorded', async () => {
  const id = await change();
  served.pipeline.sandbox.vendors.atlassian.reset();
  const same = await press(ann, `history/${id}`, 'undo');
  expect(same).toMatchObject({ status: 422, body: expect.stringContaining('already has these values') });
  served.pipeline.sandbox.vendors.atlassian.faults.push({ kind: 'status', status: 401, times: 9 });
  const failed = await press(ann, `history/${id}`, 'undo', { reason: '<b>' });
  expect(failed).toMatchObject({ status: 422, body: expect.stringContaining('Not asked for: failed') });
  const [entry] = await (await served.pipeline.app.store()).list({ userId: JANE, limit: 1 });
  expect(entry).toMatchObject({ outcome: 'failed', body: { caller: 'approver:ann', undoes: id, reason: '<b>' } });
  expect((await ann.get(`/approvals/history/${entry?.changeId}`)).body).toContain('&quot;&lt;b&gt;&quot;');
});

it('an attempt that failed after the yes is on the page, with its entry', async () => {
  const id = await change();
  const { headers } = await press(ann, `history/${id}`, 'undo');
  const request = (headers.location ?? '').slice('/approvals/'.length);
  served.pipeline.sandbox.vendors.atlassian.faults.push({ kind: 'status', status: 401, times: 9 });
  await press(bob, request, 'approve');
  served.pipeline.sandbox.vendors.atlassian.faults.length = 0;
  const { body } = await bob.get(`/approvals/${request}`);
  const text =
    /ended: failed \(credentials_rejected\)\. Nothing was changed\. It is tried again\. Change <a href="([^"]*)"/;
  const entry = text.exec(body)?.[1] ?? '';
  expect((await bob.get(entry)).body).toContain(`href="/approvals/${request}"`);
});

it('is not available without another approver, and says so', async () => {
  const id = await change();
  const { approvals } = await served.pipeline.app.store();
  const bobs = (await approvals.approvers()).find(({ name }) => name === 'bob');
  await approvals.removeApprover('bob');
  try {
    const page = await ann.get(`/approvals/history/${id}`);
    expect(page.body).toMatch(/Not available\.[^<]*a different approver[^<]*there is none/);
    expect(page.body).not.toContain('Ask to undo');
    expect(titleNow()).toBe('Advisor');
  } finally {
    await approvals.addApprover('bob', bobs?.verifier ?? '');
    bob = await served.signIn('bob');
  }
});

it('is available to a single approver where an issuer says who else is one', async () => {
  const oidc = { issuer: 'http://127.0.0.1:1', clientId: 'site', clientSecret: 'secret', allow: { groups: ['hr'] } };
  const site = await serveApprovalPage({ config: { policy: CALLERS_MAY, approvals: { oidc } } }, ['ann']);
  onTestFinished(() => site.stop());
  const args = { user_id: JANE, set: { title: 'Advisor' } };
  const { change_id: id } = await site.pipeline.call('atlassian', args);
  const { body } = await (await site.signIn('ann')).get(`/approvals/history/${id}`);
  expect(body).toContain('Ask to undo this change');
});

it('takes a form once, from its own page, and only while signed in', async () => {
  const id = await change();
  const path = `/approvals/history/${id}/undo`;
  expect((await ann.post(path, { csrf: 'x', nonce: 'y.1' })).status).toBe(403);
  const hidden = ann.hiddenFieldsOf((await ann.get(`/approvals/history/${id}`)).body, path);
  expect((await ann.post(path, hidden)).status).toBe(303);
  expect((await ann.post(path, hidden)).status).toBe(409);
  expect((await ann.post(path, { ...hidden, reason: 'a'.repeat(501) })).status).toBe(409);
  const long = await press(ann, `history/${id}`, 'undo', { reason: 'a'.repeat(501) });
  expect(long).toMatchObject({ status: 422, body: expect.stringContaining('at most 500 characters') });
  const { status, headers } = await ann.get(`/approvals/history/${id}`, { cookie: 'x' });
  expect({ status, to: headers.location }).toEqual({
    status: 303,
    to: `/approvals/sign-in?to=${encodeURIComponent(`history/${id}`)}`,
  });
});

it('does not know a change that is none', async () => {
  for (const id of ['00000000-0000-4000-8000-000000000000', 'x', '%00'])
    expect(await ann.get(`/approvals/history/${id}`)).toMatchObject({
      status: 404,
      body: expect.stringContaining('No such change'),
    });
});
