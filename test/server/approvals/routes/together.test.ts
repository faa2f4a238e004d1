import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idOf, type PersonKey } from '../../../../src/sandbox/people.ts';
import { type ServedPage, serveApprovalPage } from '../../../support/approvals/page.ts';
import type { RawHttpClient } from '../../../support/approvals/raw-http.ts';
import { wordsOf } from '../../../support/text/html.ts';

/** The list by person, its filters, and several requests decided with one yes or no. */

let served: ServedPage;
let ann: RawHttpClient;
beforeAll(async () => {
  served = await serveApprovalPage({ config: { policy: { rules: [{ field: '*', decision: 'approve' }] } } }, [
    'ann',
    'local',
  ]);
  ann = await served.signIn();
});
afterAll(() => served.stop());
beforeEach(() => served.pipeline.sandbox.vendors.atlassian.reset());
afterEach(async () => {
  const { approvals } = await served.pipeline.app.store();
  for (const state of ['pending', 'approved'] as const) {
    for (const { id } of await approvals.list({ state, limit: 100 })) await approvals.withdraw(id);
  }
});

async function ask(person: PersonKey, set: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const vendor = more['ask_for'] ? 'mediasilo' : 'atlassian';
  const { approval, message } = await served.pipeline.call(vendor, { user_id: idOf(vendor, person), set, ...more });
  if (!approval) throw new Error(message);
  return approval.id;
}

const pathOf = (ids: readonly string[]) => `/approvals/together?${ids.map((id) => `pick-${id}=on`).join('&')}`;
const statesOf = async (ids: readonly string[]) => await Promise.all(ids.map(served.stateOf));

async function decide(ids: readonly string[], verb: string, fields: Record<string, string> = {}, client = ann) {
  const action = `/approvals/together/${verb}`;
  const { body } = await client.get(pathOf(ids));
  const hidden = client.hiddenFieldsOf(body, action);
  const picks = Object.fromEntries(
    [...body.matchAll(/name="(pick-[0-9a-f-]{36})"/g)].map(([, name = '']) => [name, 'on']),
  );
  return { shown: body, ...(await client.post(action, { ...hidden, ...picks, ...fields })), hidden, picks };
}

describe('the list', () => {
  it('groups by person where the soonest request of each would stand', async () => {
    await ask('jane', { title: 'A' });
    await ask('john', { title: 'B' });
    await ask('jane', { nickName: 'J' }, { reason: 'a second one' });
    const words = wordsOf((await ann.get('/approvals')).body);
    const places = ['"Jane Doe" at Atlassian', 'title', 'a second one', '"John Smith" at Atlassian'];
    const found = places.map((place) => words.indexOf(place));
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(found).not.toContain(-1);
    expect(words.split('"Jane Doe" at Atlassian').length).toBeGreaterThan(1);
    expect(words).toMatch(/title: "Product Manager" → "A"/);
    expect(words).toMatch(/Open for 24 hours more, until \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
  });

  it('shows the first changes, risks before others, and how many more there are', async () => {
    await ask('jane', { title: 'A', nickName: 'B', timezone: 'Asia/Tokyo', active: false });
    const words = wordsOf((await ann.get('/approvals')).body);
    expect(words).toMatch(/Risk: lifecycle active: true → false[^]*nickName:[^]*title:[^]*and 1 more change/);
    expect(words).not.toContain('Asia/Tokyo');
  });

  it.each([
    ['provider=atlassian', 2],
    ['provider=mediasilo', 1],
    ['effect=lifecycle', 1],
    ['effect=secret', 1],
    ['person=JANE', 2],
    ['person=john.smith%40', 1],
    ['caller=LOC', 3],
    ['caller=nightly', 0],
    ['person=jane&effect=lifecycle', 1],
    ['person=%22%3E%3Cscript%3E', 0],
  ])('takes the filter %s', async (query, count) => {
    await ask('jane', { active: false });
    await ask('john', { title: 'B' });
    await ask('jane', {}, { ask_for: ['password'] });
    const { status, body } = await ann.get(`/approvals?${query}`);
    expect(status).toBe(200);
    expect([...body.matchAll(/<li class="sheet request">/g)]).toHaveLength(count);
    expect(body).not.toContain('<script');
  });

  it('offers to look at requests for the same change together, and at none that has to be decided alone', async () => {
    const ids = [await ask('jane', { title: 'Lead' }), await ask('john', { title: 'Lead' })];
    const alone = await ask('jane', {}, { ask_for: ['password'] });
    const { body } = await ann.get('/approvals');
    expect(body).toContain(`${pathOf(ids).replaceAll('&', '&amp;')}">2 alike`);
    expect(body).not.toContain(`pick-${alone}`);
    expect(body).toContain('Has to be decided alone: a new secret is typed there.');
  });
});

describe('several requests', () => {
  it('are shown in full, and each is decided as by itself', async () => {
    const ids = [
      await ask('jane', { title: 'Lead', nickName: 'X' }),
      await ask('john', { title: 'Lead', nickName: 'X' }),
    ];
    const { shown, status, body, hidden, picks } = await decide(ids, 'approve');
    const words = wordsOf(shown);
    for (const part of ['"Product Manager"', '"Engineer"', '"JD"', '"Jane Doe"', '"John Smith"'])
      expect(words).toContain(part);
    expect(shown).not.toContain('name="typed"');
    expect([status, wordsOf(body)]).toEqual([200, expect.stringMatching(/Approved: 2 of 2[^]*Approved, not used yet/)]);
    expect(await statesOf(ids)).toEqual(['approved', 'approved']);
    const { approvals } = await served.pipeline.app.store();
    for (const id of ids) expect((await approvals.get(id))?.decisions).toMatchObject([{ approver: 'ann', yes: true }]);
    // The form counts once.
    expect((await ann.post('/approvals/together/approve', { ...hidden, ...picks })).status).toBe(409);
  });

  it('want their number typed where one of them wants something typed', async () => {
    const ids = [await ask('jane', { active: false }), await ask('john', { active: false })];
    for (const typed of ['', '3', 'Jane Doe']) {
      const refused = await decide(ids, 'approve', { typed });
      expect(refused).toMatchObject({
        status: 422,
        body: expect.stringContaining('does not match; type &quot;2&quot;'),
      });
      expect(await statesOf(ids)).toEqual(['pending', 'pending']);
    }
    expect((await decide(ids, 'approve', { typed: '2' })).status).toBe(200);
    expect(await statesOf(ids)).toEqual(['approved', 'approved']);
  });

  it('want the name typed where only one is left', async () => {
    const ids = [await ask('jane', { active: false })];
    const refused = await decide(ids, 'approve', { typed: '1' });
    expect(refused).toMatchObject({ status: 422, body: expect.stringContaining('type &quot;Jane Doe&quot;') });
    expect(refused.shown).toContain('Type &quot;Jane Doe&quot; to confirm');
    expect(await statesOf(ids)).toEqual(['pending']);
    expect((await decide(ids, 'approve', { typed: 'jane doe' })).status).toBe(200);
    expect(await statesOf(ids)).toEqual(['approved']);
  });

  it('say what the risks are above the one yes, and show them first', async () => {
    const ids = [await ask('jane', { title: 'Advisor' }), await ask('jane', { nickName: 'J' })];
    const harmless = await ann.get(pathOf(ids));
    expect(wordsOf(harmless.body)).not.toContain('Risks');
    ids.push(await ask('jane', { active: false }));
    const { body } = await ann.get(pathOf(ids));
    const words = wordsOf(body);
    expect(words).toMatch(/Risks of 3 requests: lifecycle in 1[^]*Type "3" to confirm/);
    expect(words.indexOf('Takes "Jane Doe"')).toBeLessThan(words.indexOf('Changes title'));
  });

  it('are declined together, with one reason kept for each', async () => {
    const ids = [await ask('jane', { title: 'Declined' }), await ask('jane', { nickName: 'Dec' })];
    const { shown, body } = await decide(ids, 'decline', { reason: 'not now' });
    expect(shown).toContain('All are for one person');
    expect(body).toContain('Declined: 2 of 2');
    const { approvals } = await served.pipeline.app.store();
    for (const id of ids) {
      expect((await approvals.get(id))?.decisions).toMatchObject([{ approver: 'ann', yes: false, reason: 'not now' }]);
    }
  });

  it('say what became of each when one was decided meanwhile', async () => {
    const ids = [await ask('jane', { title: 'Lead' }), await ask('john', { title: 'Lead' })];
    const action = '/approvals/together/approve';
    const hidden = ann.hiddenFieldsOf((await ann.get(pathOf(ids))).body, action);
    await (await served.pipeline.app.store()).approvals.withdraw(ids[1] ?? '');
    const { body } = await ann.post(action, {
      ...hidden,
      ...Object.fromEntries(ids.map((id) => [`pick-${id}`, 'on'])),
    });
    expect(wordsOf(body)).toMatch(/Approved: 1 of 2[^]*Approved, not used yet[^]*can no longer be decided/);
    expect(await statesOf(ids)).toEqual(['approved', 'withdrawn']);
  });

  it('of the approver’s own caller can be declined and not approved', async () => {
    const ids = [await ask('jane', { title: 'Own' }), await ask('john', { title: 'Own' })];
    const local = await served.signIn('local');
    const { shown } = await decide(ids, 'decline', {}, local);
    expect(shown).not.toContain('/together/approve"');
    expect(shown).toContain('You can approve none of these here.');
    expect(await statesOf(ids)).toEqual(['declined', 'declined']);
  });

  it('that are not alike, too many or none are not decided together', async () => {
    const ids = [await ask('jane', { title: 'Lead' }), await ask('john', { title: 'Boss' })];
    expect((await ann.get(pathOf(ids))).body).toContain('Only requests for one person');
    const form = await decide([ids[0] ?? ''], 'approve');
    expect(form.status).toBe(200);
    const other = await ask('anna', { title: 'Chief' });
    const hidden = ann.hiddenFieldsOf((await ann.get(pathOf([other]))).body, '/approvals/together/approve');
    const mixed = { ...hidden, [`pick-${other}`]: 'on', [`pick-${ids[1]}`]: 'on' };
    expect((await ann.post('/approvals/together/approve', mixed)).status).toBe(422);
    expect(await statesOf([other, ids[1] ?? ''])).toEqual(['pending', 'pending']);
    expect((await ann.get('/approvals/together')).body).toContain('Nothing was selected');
    const many = Array.from({ length: 51 }, (_, at) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`);
    expect((await ann.get(pathOf(many))).body).toContain('At most 50');
    expect((await ann.get(pathOf(many.slice(0, 2)))).body).toContain('is gone');
  });

  it('need a form of this page, and a sign-in', async () => {
    const ids = [await ask('jane', { title: 'Lead' }), await ask('john', { title: 'Lead' })];
    const picks = Object.fromEntries(ids.map((id) => [`pick-${id}`, 'on']));
    expect((await ann.post('/approvals/together/approve', picks)).status).toBe(403);
    const single = ann.hiddenFieldsOf((await ann.get(`/approvals/${ids[0]}`)).body, `/approvals/${ids[0]}/approve`);
    expect((await ann.post('/approvals/together/approve', { ...single, ...picks })).status).toBe(403);
    expect(await statesOf(ids)).toEqual(['pending', 'pending']);
  });

  it('with a secret to type take part in none of it', async () => {
    const ids = [await ask('jane', {}, { ask_for: ['password'] })];
    const { body } = await ann.get(pathOf(ids));
    expect(body).toContain('Has to be decided alone');
    expect(body).not.toContain('/together/approve"');
    expect(body).not.toContain('/together/decline"');
  });
});
