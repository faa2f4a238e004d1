import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EntryBody, NewEntry } from '../../../../src/store/log/entry.ts';
import type { Store } from '../../../../src/store/store.ts';
import { type ServedPage, serveApprovalPage } from '../../../support/approvals/page.ts';
import type { RawHttpClient } from '../../../support/approvals/raw-http.ts';

/** The history of one batch: what it was, its changes, and what an approver may see of it. */

let served: ServedPage;
let store: Store;
let ann: RawHttpClient;

/** An id as changes and batches have it. */
const idFrom = (kind: number, at: number) => `01a22066-bd74-7914-${kind}000-${String(at).padStart(12, '0')}`;
const BATCH = idFrom(8, 1);
const UNDO = idFrom(8, 2);
const UNDER_WAY = idFrom(8, 3);
const REFUSED = idFrom(8, 4);
const LONG = idFrom(8, 5);
const HOSTILE = idFrom(8, 6);
const INTERRUPTED = idFrom(8, 7);

const bodyOf = (batchId: string, more: Partial<EntryBody> = {}): EntryBody => ({
  tool: 'update_users',
  caller: 'nightly-sync',
  batchId,
  fields: [],
  ...more,
});

const whole = (
  id: string,
  outcome: string,
  more: Partial<EntryBody> = {},
  providers = 'atlassian,awork',
): NewEntry => ({
  provider: providers,
  connection: providers,
  userId: '',
  changeId: id,
  outcome,
  body: bodyOf(id, more),
});

const open = (entry: NewEntry) =>
  store.batches.open({
    batch: { id: entry.changeId, expiresAt: Date.now() + 60_000, header: new Uint8Array(), parts: [] },
    entry,
  });

const change = (provider: string, changeId: string, body: EntryBody, outcome = 'updated') =>
  store.attempt({ provider, connection: provider, userId: 'u1', changeId, outcome, body });

beforeAll(async () => {
  served = await serveApprovalPage({}, ['ann']);
  store = await served.pipeline.app.store();
  const verifier = (await store.approvals.approvers())[0]?.verifier ?? '';
  await store.approvals.addApprover('cleo', verifier, [], ['awork:*']);
  await store.approvals.addApprover('dora', verifier, [], ['dayzero:*']);
  ann = await served.signIn('ann');
  const agreed = { reason: 'reorganisation', allOrNothing: true as const, people: 3, approvedBy: 'bob, carl' };
  await open(whole(BATCH, 'opened', { ...agreed, approvalId: idFrom(7, 1) }));
  await change('atlassian', idFrom(9, 1), bodyOf(BATCH));
  await change('awork', idFrom(9, 2), bodyOf(BATCH));
  await change('awork', idFrom(9, 3), bodyOf(BATCH), 'failed');
  const counts = { updated: 2, failed: 1 };
  await store.batches.finish(BATCH, whole(BATCH, 'finished', { ...agreed, approvalId: idFrom(7, 1), counts }), 'keep');
  await store.batches.finish(
    BATCH,
    whole(BATCH, 'finished', { ...agreed, counts: { updated: 3 }, resumed: true }),
    'drop',
  );
  await open(whole(UNDO, 'opened', { people: 2, undoes: BATCH }));
  await change('awork', idFrom(9, 4), bodyOf(UNDO, { undoes: idFrom(9, 2) }));
  await open(whole(UNDER_WAY, 'opened', { people: 1 }, 'awork'));
  await store.batches.logUnopened(
    whole(REFUSED, 'finished', { people: 4, counts: { refused: 4 }, declinedBy: 'bob' }, 'awork'),
  );
}, 30_000);
afterAll(() => served.stop());

const page = async (client: RawHttpClient, query: string) => (await client.get(`/approvals/history${query}`)).body;
const of = (client: RawHttpClient, batch: string) => page(client, `?batch=${batch}`);
const rowsOf = (text: string) => [...text.matchAll(/<li class="sheet">([^]*?)<\/li>/g)].map(([, row = '']) => row);
const factsOf = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/<dt>([^<]*)<\/dt><dd>([^]*?)<\/dd>/g)].map(([, name, value = '']) => [
      name,
      value.replaceAll(/<[^>]*>/g, '').replaceAll('&quot;', '"'),
    ]),
  );

it('says what the batch was, who agreed and how it ended, above its changes', async () => {
  const text = await of(ann, BATCH);
  expect(text).toMatch(/<h1 class="lead">Batch of 3 user records at Atlassian, awork<\/h1>/);
  expect(factsOf(text)).toMatchObject({
    Batch: BATCH,
    Tool: 'update_users',
    'Asked by, as verified': '"nightly-sync"',
    'Reason given': '"reorganisation"',
    'All or nothing': expect.stringMatching(/^Yes/),
    Agreed: '"bob", "carl"',
    'Undone by the batch': `"${UNDO}"`,
    Opened: expect.stringMatching(/UTC$/),
    Finished: expect.stringMatching(/UTC: 2 changed, 1 failed$/),
    'Finished, after it was resumed': expect.stringMatching(/UTC: 3 changed$/),
  });
  expect(text).toContain(`href="/approvals/${idFrom(7, 1)}"`);
  expect(rowsOf(text)).toHaveLength(3);
  expect(text).toMatch(new RegExp(`id="batch" name="batch" type="text" value="${BATCH}"`));
});

it('links a batch and the one that undoes it, both ways', async () => {
  expect(await of(ann, BATCH)).toContain(`href="/approvals/history?batch=${UNDO}"`);
  expect(factsOf(await of(ann, UNDO))['Undoes the batch']).toBe(`"${BATCH}"`);
});

it('says that a batch has not finished, and how to go on with it', async () => {
  const text = await of(ann, UNDER_WAY);
  expect(text).toContain('Batch of 1 user record at awork');
  expect(text).toMatch(new RegExp(`has not finished[^]*apply --resume ${UNDER_WAY}`));
  expect(await of(ann, BATCH)).not.toContain('has not finished');
});

it('shows a batch that nobody agreed to', async () => {
  const facts = factsOf(await of(ann, REFUSED));
  expect(facts).toMatchObject({ Declined: '"bob"', Finished: expect.stringMatching(/: 4 refused$/) });
  expect(facts).not.toHaveProperty('Opened');
});

it('is reached from the list, from a change of it, and by its id alone', async () => {
  const link = `href="/approvals/history?batch=${BATCH}"`;
  expect(rowsOf(await page(ann, '?outcome=failed'))[0]).toContain(link);
  expect(rowsOf(await of(ann, BATCH)).join()).not.toContain(link);
  expect(await page(ann, `/${idFrom(9, 3)}`)).toContain(link);
  const { status, headers } = await ann.get(`/approvals/history/${BATCH}`);
  expect([status, headers.location]).toEqual([303, `/approvals/history?batch=${BATCH}`]);
});

it('keeps the plot and the other filters', async () => {
  const text = await page(ann, `?batch=${BATCH}&outcome=failed`);
  expect(rowsOf(text)).toHaveLength(1);
  expect(text).toContain('Changes per day');
  expect((await of(ann, 'none')).match(/<h1>History<\/h1>/)).not.toBeNull();
});

describe('an approver with rights at some of its services', () => {
  it('sees the changes there, and that there are others, without their services and numbers', async () => {
    const text = await of(await served.signIn('cleo'), BATCH);
    expect(rowsOf(text)).toHaveLength(2);
    expect(text).toContain('Batch of user records at awork');
    expect(text).toContain('also has changes at services that you have no right at');
    expect(text.slice(text.indexOf('<main'))).not.toMatch(/atlassian|2 changed|3 user records/i);
  });

  it('learns nothing of a batch that is elsewhere', async () => {
    const dora = await served.signIn('dora');
    const withoutNonces = (text: string) => text.replaceAll(/value="[^"]*"|nonce="[^"]*"/g, '');
    const unknown = idFrom(8, 99);
    for (const path of [(id: string) => `?batch=${id}`, (id: string) => `/${id}`]) {
      const [hidden, none] = [await dora.get(`/approvals/history${path(BATCH)}`), await page(dora, path(unknown))];
      expect(withoutNonces(hidden.body).replaceAll(BATCH, unknown)).toBe(withoutNonces(none));
    }
  });
});

it('pages through ten thousand changes, with the heading on every page', async () => {
  await open(whole(LONG, 'opened', { people: 10_000 }, 'awork'));
  for (let at = 0; at < 10_000; at++) await change('awork', idFrom(6, at), bodyOf(LONG));
  await store.batches.finish(
    LONG,
    whole(LONG, 'finished', { people: 10_000, counts: { updated: 10_000 } }, 'awork'),
    'drop',
  );
  const seen = new Set<string>();
  let path = `?batch=${LONG}`;
  for (let nth = 0; nth < 4; nth++) {
    const text = await page(ann, path);
    expect(text).toContain('Batch of 10,000 user records at awork');
    expect(rowsOf(text)).toHaveLength(50);
    for (const [, id = ''] of text.matchAll(/<h3><a href="\/approvals\/history\/([0-9a-f-]{36})"/g)) seen.add(id);
    path = (/href="\/approvals\/history([^"]*)">Older/.exec(text)?.[1] ?? '').replaceAll('&amp;', '&');
    expect(path).toContain(`batch=${LONG}&before=`);
  }
  expect(seen.size).toBe(200);
}, 60_000);

it('says how far an interrupted batch has come, and how to go on', async () => {
  await open(whole(INTERRUPTED, 'opened', { people: 3 }, 'awork'));
  const counts = { updated: 2, failed: 1 };
  const ended = whole(INTERRUPTED, 'finished', { people: 3, counts, interrupted: true }, 'awork');
  await store.batches.finish(INTERRUPTED, ended, 'keep');
  const text = await of(ann, INTERRUPTED);
  expect(factsOf(text)).toMatchObject({ Interrupted: expect.stringMatching(/UTC: 2 changed, 1 failed$/) });
  expect(text).toMatch(/It was interrupted\. For a week, <code>[^<]*apply --resume/);
});

it('shows texts of others as text', async () => {
  const text = '"><script>alert(1)</script>\u202e';
  await store.batches.logUnopened(
    whole(
      HOSTILE,
      'finished',
      {
        tool: text,
        caller: text,
        client: text,
        reason: text,
        verdict: text,
        rule: text,
        approvedBy: text,
        declinedBy: text,
        approvalId: text,
        undoes: text,
        people: text as never,
        counts: { updated: text as never, [text]: 1 },
      },
      `awork,${text}`,
    ),
  );
  const shown = await of(ann, HOSTILE);
  const main = shown.slice(shown.indexOf('<main'));
  expect(main).toContain('Batch of 0 user records at awork');
  expect(main).not.toMatch(/<script|\u202e/);
  expect(main).toContain('no counts');
});
