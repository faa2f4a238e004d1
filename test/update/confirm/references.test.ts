import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { stringifyJson } from '../../../src/lib/json/json.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { type ServedPage, serveApprovalPage } from '../../support/approvals/page.ts';
import { wordsOf } from '../../support/text/html.ts';

/** Ids of other users are shown with their names, to the person who decides and to nobody else. */

let served: ServedPage;
beforeAll(async () => {
  const rules = [
    { field: '*.title', decision: 'confirm' },
    { field: '*.hr', decision: 'confirm' },
    { field: '*', decision: 'approve' },
  ];
  served = await serveApprovalPage({ config: { policy: { rules } } });
});
afterAll(() => served.stop());
beforeEach(() => vendor().reset());

const vendor = () => served.pipeline.sandbox.vendors.atomicwork;
const [jane, john, max, priya] = (['jane', 'john', 'max', 'priya'] as const).map((key) => idOf('atomicwork', key));

async function questionOf(set: Record<string, unknown>, user_id = john): Promise<string> {
  const reply = await served.pipeline.converse('atomicwork', { user_id, set });
  if (reply.kind !== 'ask') throw new Error(reply.message);
  return reply.question.message;
}

it('in the client, where the vendor can be asked', async () => {
  Object.assign(vendor().users.get(john ?? '') ?? {}, { hr: Number(max) });
  expect(await questionOf({ hr: priya })).toContain(
    `- hr: ${max} (named "Max Müller") → ${priya} (named "Priya Natarajan")`,
  );
  expect(await questionOf({ hr: '4711' })).toContain(`→ 4711 (no such user found)`);
});

it('on the page and in the list; elsewhere it says that no name was looked up', async () => {
  const set = { manager: max, department: 13, org_roles: [41, 42] };
  const { approval, ...result } = await served.pipeline.call('atomicwork', { user_id: john, set });
  const ann = await served.signIn();
  const page = wordsOf((await ann.get(`/approvals/${approval?.id}`)).body);
  expect(page).toContain(`${priya} (named "Priya Natarajan")`);
  expect(page).toContain(`${max} (named "Max Müller")`);
  expect(page).toContain('13 (name not looked up)');
  expect(page).toContain('42 (name not looked up)');
  expect(wordsOf((await ann.get('/approvals')).body)).toContain('(named "Priya Natarajan")');
  // Not to the model, and not to the audit log.
  expect(stringifyJson(result)).not.toMatch(/Priya|Natarajan|Müller/);
  const store = await served.pipeline.app.store();
  expect(stringifyJson(await store.list({ limit: 50 }))).not.toMatch(/Priya|Natarajan|Müller/);
});

it.each([
  ['refuses', { kind: 'status', status: 403 }],
  ['does not answer', { kind: 'hang' }],
] as const)('costs nothing but the name where the vendor %s', { timeout: 60_000 }, async (_how, fault) => {
  vendor().faults.push({ ...fault, path: `/api/v1/users/${priya}`, times: 50 });
  expect(await questionOf({ hr: priya })).toContain(`→ ${priya} (name not looked up)`);
});

it('is no part of what a yes is bound to', async () => {
  const args = { user_id: john, set: { hr: jane } };
  const first = await served.pipeline.converse('atomicwork', args);
  Object.assign(vendor().users.get(jane ?? '') ?? {}, { first_name: 'Janet', display_name: 'Janet Doe' });
  const second = await served.pipeline.converse('atomicwork', args);
  if (first.kind !== 'ask' || second.kind !== 'ask') throw new Error('expected a question');
  expect(second.question.message).not.toBe(first.question.message);
  expect(second.token.digest).toBe(first.token.digest);
});
