import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { ApprovalSnapshot } from '../../../../src/approvals/snapshot.ts';
import { idOf } from '../../../../src/sandbox/people.ts';
import { createSeal } from '../../../../src/store/seal.ts';
import { type ServedPage, serveApprovalPage } from '../../../support/approvals/page.ts';
import type { RawHttpClient } from '../../../support/approvals/raw-http.ts';
import type { Pipeline } from '../../../support/pipeline/pipeline.ts';
import { changeView, type PlainChange } from '../../../support/pipeline/redacted.ts';

/** Less common requests, created in the store and decided on the page. */

let served: ServedPage;
let pipeline: Pipeline;
let ann: RawHttpClient;

beforeAll(async () => {
  served = await serveApprovalPage({}, ['ann', 'ben', 'local']);
  ({ pipeline } = served);
  ann = await served.signIn();
}, 30_000);
afterEach(() => void vi.useRealTimers());
afterAll(() => served.stop());

async function createRequest(changed: Partial<ApprovalSnapshot>, more: { needed?: number; sealed?: Uint8Array } = {}) {
  const { approvals } = await pipeline.app.store();
  const id = randomUUID();
  const person = { provider: 'atlassian', connection: 'atlassian', userId: idOf('atlassian', 'jane') };
  const snapshot: ApprovalSnapshot = {
    ...person,
    tool: 'atlassian_update_user',
    providerTitle: 'Atlassian',
    label: 'Jane Doe',
    emails: [],
    changes: [changeView({ field: 'title', effect: 'ordinary', before: 'A', after: 'B', cleared: false })],
    stripped: [],
    warnings: [],
    contested: [],
    askFor: [],
    caller: 'local',
    verdict: 'approve',
    rule: 'rules[0]',
    record: {},
    ...changed,
  };
  const request = {
    ...person,
    id,
    digest: id,
    requestKey: id,
    caller: 'local',
    expiresAt: Date.now() + 60_000,
    needed: more.needed ?? 1,
    view: more.sealed ?? (await pipeline.app.seal()).seal(id, snapshot),
  };
  await approvals.request(request, { tool: snapshot.tool, caller: 'local', fields: [] });
  return id;
}

async function decide(client: RawHttpClient, id: string, verb: string, fields: Record<string, string> = {}) {
  const { body } = await client.get(`/approvals/${id}`);
  const action = `/approvals/${id}/${verb}`;
  const response = await client.post(action, { ...client.hiddenFieldsOf(body, action), ...fields });
  return { before: body, ...response, after: (await client.get(`/approvals/${id}`)).body };
}

it('asks for separate consent to overwrite what changed since', async () => {
  const id = await createRequest({
    contested: ['title'],
    undoes: 'change-1',
    warnings: ['level may move'],
    again: 'Asked again: changed since: title.',
  });
  const together = await ann.get(`/approvals/together?pick-${id}=on`);
  expect(together.body).toContain('Has to be decided alone: the same fields changed since.');
  expect(together.body).not.toMatch(/action="[^"]*together/);
  const unticked = await decide(ann, id, 'approve');
  expect(unticked).toMatchObject({ status: 422, body: expect.stringContaining('tick it to overwrite title') });
  expect(unticked.before).toMatch(/Undoes change[^]*change-1[^]*Someone else changed this since/);
  expect(unticked.before).toContain('Asked again: changed since: title.');
  expect(unticked.before).toContain('level may move');
  expect(unticked.body).toContain('aria-invalid="true"');
  const ticked = await decide(ann, id, 'approve', { overwrite: 'yes' });
  expect(ticked).toMatchObject({ status: 303, after: expect.stringContaining('Approved by ann') });
});

it('shows each of two approvers the status', async () => {
  const id = await createRequest(
    {
      changes: [{ field: 'password', effect: 'secret', before: '[secret]', after: '[secret]', cleared: false }],
      askFor: ['password'],
      provider: 'mediasilo',
      connection: 'mediasilo',
    },
    { needed: 2 },
  );
  const secret = { 'new-password': 'Lantern_4107.w', 'new-password-again': 'Lantern_4107.w' };
  const first = await decide(ann, id, 'approve', secret);
  expect(first.after).toMatch(/Approved by ann; 1 more has to agree[^]*Your yes is recorded/);
  expect(first.after).not.toContain(`${id}/approve`);
  expect((await ann.get('/approvals')).body).toContain('you approved it, another approver has to agree');
  const second = await decide(await served.signIn('ben'), id, 'approve');
  expect(second.before).not.toContain('new-password');
  expect(second.after).toContain('Approved by ann and ben');
});

it('lets the caller only decline', async () => {
  const local = await served.signIn('local');
  const id = await createRequest({});
  const { before } = await decide(local, id, 'decline');
  expect(before).toContain('You may not approve this');
  expect(before).not.toContain(`${id}/approve`);
  expect((await (await pipeline.app.store()).approvals.get(id))?.state).toBe('declined');
});

it('says that a request has expired or was withdrawn', async () => {
  const id = await createRequest({});
  const { body } = await ann.get(`/approvals/${id}`);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
  const action = `/approvals/${id}/approve`;
  expect((await ann.post(action, ann.hiddenFieldsOf(body, action))).status).toBe(303);
  expect((await ann.get(`/approvals/${id}`)).body).toContain('Expired');
  vi.useRealTimers();
  const withdrawn = await createRequest({});
  await (await pipeline.app.store()).approvals.withdraw(withdrawn);
  expect((await ann.get(`/approvals/${withdrawn}`)).body).toContain('Withdrawn');
});

it('says until when it can be decided, or used, and nothing of that once it is over', async () => {
  const id = await createRequest({});
  const approved = await decide(ann, id, 'approve');
  expect(approved.before).toContain('Open for');
  expect(approved.after).toContain('The yes counts for');
  expect(approved.after).not.toContain('Open for');
  expect((await ann.get('/approvals?state=approved')).body).toContain('The yes counts for');
  const declined = await decide(ann, await createRequest({}), 'decline');
  expect(declined.after).not.toMatch(/Open for|The yes counts|open until/);
});

it('offers to filter by the services that the approver has rights at, and by no other', async () => {
  const { approvals } = await pipeline.app.store();
  const verifier = (await approvals.approvers()).find(({ name }) => name === 'ann')?.verifier ?? '';
  await approvals.addApprover('cleo', verifier, [], ['awork:ordinary']);
  const cleo = await served.signIn('cleo');
  const servicesOf = (body: string) =>
    [...(body.split('id="provider"')[1]?.split('</select>')[0] ?? '').matchAll(/value="(\w+)"/g)].map(([, id]) => id);
  expect(servicesOf((await cleo.get('/approvals?caller=nobody')).body)).toEqual(['awork']);
  expect(servicesOf((await ann.get('/approvals?caller=nobody')).body)).toContain('atomicwork');
});

it('lists all pending requests page by page, also with a trailing slash', async () => {
  const { approvals } = await pipeline.app.store();
  const before = await approvals.countPending();
  const ids: string[] = [];
  for (let count = before; count < 203; count++) ids.push(await createRequest({}));
  const seen: string[] = [];
  for (let next: string | undefined = '/approvals/'; next !== undefined; ) {
    const { status, body } = await ann.get(next);
    expect(status).toBe(200);
    expect(body).toContain('Waiting for approval: 203');
    seen.push(...[...body.matchAll(/href="\/approvals\/([0-9a-f-]{36})"/g)].map(([, id = '']) => id));
    next = /href="([^"]*)">Next page/.exec(body)?.[1];
  }
  expect(seen).toHaveLength(203);
  expect(new Set(seen).size).toBe(203);
  expect(seen).toEqual(expect.arrayContaining(ids));
  for (const id of ids) await approvals.withdraw(id);
  expect((await ann.get('/approvals')).body).not.toContain('Next page');
});

it.each([
  [
    'was sealed with another key',
    () => createSeal(new Uint8Array(32)),
    503,
    'sealed with a key that is not available here',
  ],
  ['belongs to another request', () => pipeline.app.seal(), 500, 'Something went wrong'],
])('lists the others when one %s, and explains that one', async (_what, seal, code, message) => {
  const id = await createRequest({}, { sealed: (await seal()).seal('another', {}) });
  const { status, body } = await ann.get('/approvals');
  expect(status).toBe(200);
  expect(body).toContain('Not shown: 1');
  const { status: failed, headers, body: explanation } = await ann.get(`/approvals/${id}`);
  expect(failed).toBe(code);
  expect(explanation).toContain(message);
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  await (await pipeline.app.store()).approvals.withdraw(id);
});

it('shows objects and lists readably', async () => {
  const [a, b, c] = ['a@x.example', 'b@x.example', 'c@x.example'].map((value) => ({ value }));
  const changes: PlainChange[] = [
    { field: 'address.city', effect: 'ordinary', before: 'Rome', after: 'Oslo', cleared: false },
    {
      field: 'emails',
      effect: 'identity',
      before: [a],
      after: [b, c],
      cleared: false,
      list: { removed: [a], added: [b, c], reordered: false },
    },
    { field: 'id', effect: 'ordinary', before: 2n ** 60n, after: null, cleared: true },
  ];
  const { body } = await ann.get(`/approvals/${await createRequest({ changes: changes.map(changeView) })}`);
  const text = body
    .replace(/<style[^]*<\/style>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&quot;', '"')
    .replace(/\s+/g, ' ');
  expect(text).toContain('address.city Before "Rome" After "Oslo"');
  expect(text).toContain('Removed {"value":"a@x.example"}');
  expect(text).toContain('Added {"value":"c@x.example"}');
  expect(text).toContain('id is emptied Before 1152921504606846976 After (empty)');
});
