import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../../../../src/sandbox/people.ts';
import { type ServedPage, serveApprovalPage } from '../../../support/approvals/page.ts';
import type { RawHttpClient } from '../../../support/approvals/raw-http.ts';
import { CALLERS_MAY, JANE } from '../../../support/approvals/undo.ts';

/** The list of changes: its filters, its pages, and what it does not say. */

let served: ServedPage;
let ann: RawHttpClient;
let lastJane = '';

beforeAll(async () => {
  served = await serveApprovalPage({ config: { policy: CALLERS_MAY } }, ['ann', 'bob']);
  ann = await served.signIn('ann');
  const { pipeline } = served;
  for (let at = 0; at < 3; at++) {
    const { change_id: id = '' } = await pipeline.call('atlassian', {
      user_id: JANE,
      set: { title: `Advisor ${at}` },
      reason: 'moved',
    });
    lastJane = id;
  }
  await pipeline.call('atlassian', { user_id: JANE, set: { nickName: 'Secretive', displayName: 'Jane D.' } });
  await pipeline.call('awork', { user_id: idOf('awork', 'anna'), set: { position: 'Lead' } });
  await pipeline.call('awork', { user_id: '00000000-0000-4000-8000-000000000000', set: { position: 'Lead' } });
}, 30_000);
afterAll(() => served.stop());

const list = async (query = '') => (await ann.get(`/approvals/history${query}`)).body;
const rowsOf = (page: string) => [...page.matchAll(/<li class="sheet">([^]*?)<\/li>/g)].map(([, row = '']) => row);

it('shows changes newest first, with who asked, what and why, and masks personal values', async () => {
  const page = await list();
  const rows = rowsOf(page);
  expect(rows).toHaveLength(6);
  expect(rows[0]).toMatch(/Failed[^]*position[^]*not_found/);
  expect(rows.at(-1)).toMatch(
    /Changed[^]*<time[^>]*datetime="\d{4}-[^"]*Z">[^<]*UTC<\/time>[^]*title[^]*at Atlassian[^]*Product Manager[^]*Advisor 0[^]*Asked by <bdi>&quot;local[^]*Reason: <bdi>&quot;moved/,
  );
  expect(page).not.toContain('Secretive');
});

it.each([
  ['the id of a user', `?user=${JANE}`, 4],
  ['an e-mail address', '?user=Jane.Doe%40acme.example', 4],
  ['an address that nobody has', '?user=nobody%40acme.example', 0],
  ['a field', '?field=title', 3],
  ['a field of a provider', '?field=atlassian.*', 4],
  ['a caller', '?caller=LOCAL', 6],
  ['another caller', '?caller=nightly', 0],
  ['an approver', '?approver=bob', 0],
  ['an outcome', '?outcome=failed', 1],
  ['a provider', '?provider=awork', 2],
  ['a provider that does not exist', '?provider=none', 0],
  ['a span', '?from=1h', 6],
  ['a span without changes', '?from=2020-01-01&to=2020-02-01', 0],
  ['a batch', '?batch=none', 0],
  ['several at once', `?user=${JANE}&field=title&from=30d&outcome=updated&provider=atlassian`, 3],
  ['empty inputs', '?user=&field=&caller=&approver=&outcome=&provider=&from=&to=&batch=', 6],
])('finds by %s', async (_, query, count) => {
  const page = await list(query);
  expect(rowsOf(page)).toHaveLength(count);
  if (count === 0) expect(page).toContain('No changes match');
});

it('answers who changed the title of an e-mail address in the last 30 days, why, and who agreed, on one page', async () => {
  const { approvals } = await served.pipeline.app.store();
  expect(await approvals.approvers()).toHaveLength(2);
  const undo = await ann.get(`/approvals/history/${lastJane}`);
  const action = `/approvals/history/${lastJane}/undo`;
  const { headers } = await ann.post(action, { ...ann.hiddenFieldsOf(undo.body, action), reason: 'a mistake' });
  const bob = await served.signIn('bob');
  const approve = `${headers.location}/approve`;
  await bob.post(approve, bob.hiddenFieldsOf((await bob.get(headers.location ?? '')).body, approve));
  const rows = rowsOf(await list('?user=jane.doe%40acme.example&field=title&from=30d'));
  const done = rows.find((row) => row.includes('agreed by'));
  expect(done).toMatch(
    /Changed[^]*Advisor 2[^]*Advisor 1[^]*approver:ann[^]*agreed by <bdi>&quot;bob[^]*Reason: <bdi>&quot;a mistake/,
  );
  const byApprover = rowsOf(await list('?approver=bob'));
  expect(byApprover).toHaveLength(1);
});

it('says what is wrong with a filter, beside its input, and searches nothing', async () => {
  const response = await ann.get('/approvals/history?from=yesterday&outcome=done&to=2026-02-31');
  expect(response.status).toBe(422);
  for (const text of [
    'Error: ',
    'expected 7d',
    'there is no such time',
    'expected updated, unchanged',
    'value="yesterday"',
  ])
    expect(response.body).toContain(text);
  expect(rowsOf(response.body)).toEqual([]);
  expect((await ann.get('/approvals/history?from=2026-03-01&to=2026-02-01')).body).toContain('is after the end');
  for (const before of ['x', '0', '-1', '1e3', '9'.repeat(20)])
    expect((await ann.get(`/approvals/history?before=${before}`)).status).toBe(400);
});

it('keeps the filters through the sign-in, and takes nothing else there', async () => {
  const query = '?user=jane.doe%40acme.example&field=title';
  const { headers } = await ann.get(`/approvals/history${query}`, { cookie: 'x' });
  const to = new URL(headers.location ?? '', 'http://host').searchParams.get('to');
  expect(to).toBe(`history${query}`);
  const client = await served.signIn('bob');
  expect((await client.get(`/approvals/history${query}`)).status).toBe(200);
});

it('pages, and keeps the filters from page to page', async () => {
  const { pipeline } = served;
  const store = await pipeline.app.store();
  for (let at = 0; at < 120; at++) {
    await store.attempt({
      provider: 'mediasilo',
      connection: 'mediasilo',
      userId: `u${at}`,
      changeId: `01a22066-bd74-7914-a2a5-${String(at).padStart(12, '0')}`,
      outcome: 'denied',
      body: { tool: 'mediasilo_update_user', caller: 'local', fields: [] },
    });
  }
  const seen: string[] = [];
  for (let path = '/approvals/history?provider=mediasilo'; path !== ''; ) {
    const { body } = await ann.get(path);
    seen.push(...[...body.matchAll(/href="\/approvals\/history\/([0-9a-f-]{36})"/g)].map(([, id = '']) => id));
    path = (/href="([^"]*)">Older/.exec(body)?.[1] ?? '').replaceAll('&amp;', '&');
    if (path !== '') expect(path).toContain('provider=mediasilo');
  }
  expect(seen).toHaveLength(120);
  expect(seen).toEqual([...seen].sort().reverse());
});

it('shows changes at providers one has rights at, and no others, on no page', async () => {
  const store = await served.pipeline.app.store();
  const verifier = (await store.approvals.approvers())[0]?.verifier ?? '';
  await store.approvals.addApprover('cleo', verifier, [], ['awork:ordinary', 'dayzero:*']);
  const cleo = await served.signIn('cleo');
  const rows = rowsOf((await cleo.get('/approvals/history')).body);
  expect(rows).toHaveLength(2);
  expect(rows.join()).not.toContain('Atlassian');
  for (const query of [
    '?provider=atlassian',
    `?user=${JANE}`,
    '?field=title',
    '?user=jane.doe%40acme.example&field=title',
  ])
    expect(rowsOf((await cleo.get(`/approvals/history${query}`)).body), query).toEqual([]);
  const unknown = (await cleo.get('/approvals/history/01a22066-0000-7914-a2a5-000000000000')).body;
  const hidden = await cleo.get(`/approvals/history/${lastJane}`);
  const withoutNonces = (page: string) => page.replaceAll(/value="[^"]*"|nonce="[^"]*"/g, '');
  expect(hidden.status).toBe(404);
  expect(withoutNonces(hidden.body)).toBe(withoutNonces(unknown));
  const form = { ...cleo.hiddenFieldsOf(unknown, '/approvals/sign-out') };
  expect((await cleo.post(`/approvals/history/${lastJane}/undo`, form)).status).toBe(403);
  await store.approvals.removeApprover('cleo');
});

describe('texts of others', () => {
  it('stay text in the list and on the page of the change', async () => {
    const store = await served.pipeline.app.store();
    const changeId = '01a22066-bd74-7914-a2a5-ffffffffffff';
    const long = 'x'.repeat(5000);
    await store.attempt({
      provider: 'dayzero',
      connection: '<i>c',
      userId: '"><script>u',
      changeId,
      outcome: '<b>outcome',
      body: {
        tool: '<b>',
        caller: '\u202e<script>caller',
        client: '<img src=x onerror=1>',
        reason: HOSTILE,
        approvedBy: '<script>approver',
        code: '<b>code',
        message: '<b>message',
        detail: long,
        rule: '<script>rule',
        verdict: '<b>verdict',
        undoes: '"><script>',
        batchId: '"><script>batch',
        stripped: ['<script>stripped'],
        fields: [
          {
            field: '<script>field',
            effect: '<b>',
            before: `شكرا ${long}` as never,
            after: { cut: '"<b>', characters: 9, hash: 'h' } as never,
          },
        ],
      },
    });
    for (const path of ['/approvals/history?provider=dayzero', `/approvals/history/${changeId}`]) {
      const { body } = await ann.get(path);
      const main = body.slice(body.indexOf('<main'));
      expect(main, path).not.toMatch(/<script|<img|<i>c|<b>(?!Entry)/);
      expect(main, path).not.toContain('\u202e');
      expect(main, path).toContain('\\u{202e}');
    }
  });
});
const HOSTILE = '<script>alert(1)</script>\u202e\u0000';
