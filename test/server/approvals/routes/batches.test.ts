import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idOf } from '../../../../src/sandbox/people.ts';
import { requestPage } from '../../../../src/server/approvals/pages/requests/request.ts';
import { askForBatch, batchApproval, change, ordinary, personChange } from '../../../support/approvals/batches.ts';
import { type ServedPage, serveApprovalPage } from '../../../support/approvals/page.ts';
import type { RawHttpClient } from '../../../support/approvals/raw-http.ts';
import { batchCall, runToEnd } from '../../../support/pipeline/batch.ts';
import { NASTY } from '../../../support/text/hostile-texts.ts';
import { tagsOf, wordsOf } from '../../../support/text/html.ts';

/** A batch in the list and on its page. */

let served: ServedPage;
let ann: RawHttpClient;
beforeAll(async () => {
  served = await serveApprovalPage({ config: { policy: { rules: [{ field: '*', decision: 'approve' }] } } });
  ann = await served.signIn();
}, 60_000);
afterAll(() => served.stop());
beforeEach(() => {
  for (const vendor of ['atlassian', 'awork'] as const) served.pipeline.sandbox.vendors[vendor].reset();
});

const GIVEN = [
  change('awork', 'anna', { position: 'Lead' }),
  change('atlassian', 'jane', { title: 'Advisor', nickName: 'J' }),
  change('atlassian', 'john', { active: false }),
];

const frame = {
  home: '/approvals',
  host: 'users.example.com',
  titles: new Map<string, string>(),
  cspNonce: 'nonce',
  csrfFields: () => ({ csrf: 'csrf', nonce: 'nonce' }),
};
const pageOf = (...given: Parameters<typeof batchApproval>) =>
  String(
    requestPage(frame, batchApproval(...given), {
      status: { kind: 'pending', agreed: [], missing: 1 },
      eligibility: { kind: 'eligible' },
      needed: 1,
      user: 'agent',
    }).body,
  );
const places = (words: string, parts: readonly string[]) => parts.map((part) => words.indexOf(part));
const inOrder = (found: readonly number[]) => [...found].sort((a, b) => a - b);

describe('a batch', () => {
  it('is one request in the list: the worst consequence first, then counts and reason', async () => {
    const { id } = await askForBatch(served.pipeline, GIVEN, { reason: 'reorganisation' });
    const { body } = await ann.get('/approvals');
    const parts = [
      'Changes 3 user records at Atlassian and awork',
      'Takes "John Smith"’s access away at Atlassian',
      'Atlassian: 2 user records (Risk: lifecycle 1, ordinary 1)',
      'awork: 1 user record (ordinary 1)',
      'Reason: "reorganisation"',
      'Has to be decided alone: it is a batch.',
    ];
    const found = places(wordsOf(body), parts);
    expect(found).not.toContain(-1);
    expect(found).toEqual(inOrder(found));
    expect(body).not.toContain(`pick-${id}`);
    const together = await ann.get(`/approvals/together?pick-${id}=on`);
    expect(together.body).toContain('A batch is decided alone. Nothing was decided.');
    for (const [query, count] of [
      ['provider=awork', 1],
      ['effect=lifecycle&person=anna', 1],
      ['provider=dayzero', 0],
      ['person=priya', 0],
    ] as const) {
      const list = (await ann.get(`/approvals?${query}`)).body;
      expect([...list.matchAll(/<li class="sheet request">/g)], query).toHaveLength(count);
    }
    await (await served.pipeline.app.store()).approvals.withdraw(id);
  });

  it('shows everyone with every line, those at risk first, and takes the number typed', async () => {
    const given = { allOrNothing: false, reason: 'reorganisation' };
    const { id, batch } = await askForBatch(served.pipeline, GIVEN, given);
    const path = `/approvals/${id}`;
    const { body } = await ann.get(path);
    const parts = [
      'Changes 3 user records at Atlassian and awork',
      'Asked by "local" (client says: "tests 1.0")',
      'Reason: "reorganisation"',
      'Takes "John Smith"’s access away',
      'What changes, for 3 user records',
      `user "${idOf('atlassian', 'john')}"`,
      'This takes their access to Atlassian away.',
      'Risk: lifecycle',
      '"jane.doe@acme.example", "jane@mail.example"',
      '"Product Manager"',
      '"Advisor"',
      '"JD"',
      'Type "3" to confirm',
      'Approve all 3 changes',
      'Decline',
    ];
    const words = wordsOf(body);
    const found = places(words, parts);
    expect(found).not.toContain(-1);
    const after = (part: string) => words.indexOf(part);
    expect(after('"John Smith" at')).toBeLessThan(after('"Jane Doe" at'));
    expect(after('"Anna Lee" at awork')).toBeLessThan(after('Approve all'));
    const hidden = ann.hiddenFieldsOf(body, `${path}/approve`);
    const wrong = await ann.post(`${path}/approve`, { ...hidden, typed: '2' });
    expect([wrong.status, wordsOf(wrong.body)]).toEqual([422, expect.stringContaining('does not match; type "3"')]);
    const again = ann.hiddenFieldsOf(wrong.body, `${path}/approve`);
    expect((await ann.post(`${path}/approve`, { ...again, typed: '3' })).status).toBe(303);
    const approved = wordsOf((await ann.get(path)).body);
    expect(approved).toContain('one that is not as shown here is left as it is');
    const ended = await runToEnd(served.pipeline, batchCall(served.pipeline, GIVEN, { ...given, canAsk: false }));
    expect(ended.outcome).toBe('updated');
    const used = (await ann.get(path)).body;
    expect(wordsOf(used)).toContain(`Batch ${ended.batch_id}: 3 updated.`);
    expect(used).toContain(`href="/approvals/history?batch=${ended.batch_id}"`);
    expect(batch).not.toBe(ended.batch_id);
    const history = wordsOf((await ann.get(`/approvals/history?batch=${ended.batch_id}`)).body);
    expect(history).toContain('position of user');
  });

  it('says what a yes covers besides: all or nothing, overwriting, what is left out', () => {
    const contested = personChange({ contested: ['title'], stripped: ['nickName'] });
    const words = wordsOf(pageOf([contested, personChange()], { allOrNothing: true, undoes: 'b0', notUndone: 2 }));
    for (const part of [
      'All or nothing: if one of them fails, those already made are put back; a yes covers that.',
      'Someone else changed some of it since: 1 user record.',
      'Someone else changed this since. Approving overwrites it.',
      'Also overwrite 1 field of 1 user record, changed since',
      'Policy leaves something out for 1 user record',
      'left out by policy; stays as it is',
      'Undoes batch "b0"',
      '2 changes cannot be put back',
    ]) {
      expect(words).toContain(part);
    }
  });

  it.each(NASTY)('shows %s as a value, whoever it is about', (_, text) => {
    const plain = personChange({ changes: [ordinary('title', 'Boss', 'Lead')] });
    const nasty = personChange({
      label: text,
      changes: [ordinary('title', text, 'Lead')],
      emails: [text],
      userId: text,
    });
    expect(tagsOf(pageOf([nasty], { reason: text, caller: text }))).toEqual(
      tagsOf(pageOf([plain], { reason: 'why', caller: 'who' })),
    );
  });

  it('of ten thousand people has a row for each, and no more than ten times that of a thousand', () => {
    const everyone = (count: number) =>
      Array.from({ length: count }, (_, at) => {
        const digits = String(at).padStart(5, '0');
        return personChange({ userId: `user-${digits}`, label: `Person ${digits}` });
      });
    const [small, large] = [pageOf(everyone(1000)), pageOf(everyone(10_000))];
    expect([...large.matchAll(/<tr role="row">/g)]).toHaveLength(10_001);
    expect(large).toContain('user-09999');
    expect(large.length).toBeLessThanOrEqual(small.length * 10);
    expect(large.length / 10_000).toBeLessThan(2000);
  });

  it('shows a value of any length whole', () => {
    const value = `${'long '.repeat(4000)}end`;
    expect(wordsOf(pageOf([personChange({ changes: [ordinary('title', 'x', value)] })]))).toContain(
      JSON.stringify(value),
    );
  });
});
