import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Desk, deskOf } from '../../src/approvals/desk.ts';
import { idOf } from '../../src/sandbox/people/people.ts';
import type { Result } from '../../src/update/types.ts';
import { update } from '../../src/update/update.ts';
import { openRoad, type Road } from '../road.ts';
import { requestFor } from './requests.ts';

/** Requests for approval that are alike but not one. */

let road: Road;
let desk: Desk;
beforeAll(async () => {
  road = await openRoad({ config: { policy: { rules: [{ field: '*', decision: 'approve' }] } } });
  await (await road.parts.store()).approvals.addApprover('ann', 'not signed in with here');
  desk = await deskOf(road.parts);
});
beforeEach(() => road.sandbox.vendors.atlassian.reset());
afterAll(() => road.stop());

const jane = idOf('atlassian', 'jane');

async function ask(clientName: string, title: string, reason?: string): Promise<Result> {
  const connection = road.parts.settings.connections.find(({ name }) => name === 'atlassian');
  if (!connection) throw new Error('no connection');
  const request = { ...requestFor({ set: { title } }), userId: jane, ...(reason !== undefined && { reason }) };
  const caller = { principal: 'local', client: `${clientName} 1.0`, clientName };
  const signal = new AbortController().signal;
  const outcome = await update({ connection, request, caller, canAsk: false, signal }, await road.parts.ports());
  if (outcome.kind === 'ask') throw new Error('a question came to a client that cannot ask');
  return outcome;
}

describe('a request that differs in what the yes is bound to', () => {
  type Asked = [client: string, title: string, reason?: string];
  it.each<[string, Asked, Asked]>([
    ['the client', ['editor', 'Boss', 'promoted'], ['terminal', 'Boss', 'promoted']],
    ['the reason', ['editor', 'Chief', 'promoted'], ['editor', 'Chief', 'as agreed']],
    ['having a reason', ['editor', 'Head'], ['editor', 'Head', 'as agreed']],
  ])('by %s stands beside the other, and voids no approval of it', async (_what, first, second) => {
    const one = await ask(...first);
    await desk.decide(one.approval?.id ?? '', 'ann', { yes: true });
    const other = await ask(...second);
    expect(other).toMatchObject({ outcome: 'needs_approval' });
    expect(other.message).not.toContain('Asked again');
    expect(other.approval?.id).not.toBe(one.approval?.id);
    expect((await ask(...first)).outcome).toBe('updated');
  });
});

it('says where to approve, with and without a page', async () => {
  const bare = await ask('editor', 'Baron');
  const command = (id: string | undefined) => `with: update-user-mcp approve ${id}. Then call again`;
  expect(bare.next).toContain(`Ask a person to approve it ${command(bare.approval?.id)}`);
  road.parts.page = async (id) => `https://users.example.com/approvals/${id}`;
  const paged = await ask('editor', 'Earl');
  delete road.parts.page;
  expect(paged.next).toContain(
    `Ask a person to approve it at ${paged.approval?.url}, or ${command(paged.approval?.id)}`,
  );
});

it('declined is on record at once, masked, with who declined and what it was about', async () => {
  const { approval } = await road.call('atlassian', {
    user_id: jane,
    set: { title: 'Boss', displayName: 'Jane X. Doe' },
    reason: 'Jane X. Doe was promoted',
  });
  await desk.decide(approval?.id ?? '', 'ann', { yes: false, reason: 'not so' });
  const [row] = await (await road.parts.store()).list({ changeId: approval?.id ?? '', limit: 1 });
  expect(row).toMatchObject({ outcome: 'refused', connection: 'atlassian', userId: jane });
  expect(row?.body).toEqual({
    tool: 'atlassian_update_user',
    caller: 'local',
    client: 'tests 1.0',
    reason: '[redacted] was promoted',
    verdict: 'approve',
    rule: 'rules[0]',
    declinedBy: 'ann',
    code: 'declined',
    message: 'declined with a reason',
    fields: [
      { field: 'displayName', effect: 'ordinary', before: 'J•••', after: 'J•••' },
      { field: 'title', effect: 'ordinary', before: 'Product Manager', after: 'Boss' },
    ],
  });
});

it('declined stays so until the request would have expired, or the reason is another', async () => {
  const { approval } = await ask('editor', 'Duke', 'promoted');
  await desk.decide(approval?.id ?? '', 'ann', { yes: false });
  const again = await ask('editor', 'Duke', 'promoted');
  expect(again).toMatchObject({ outcome: 'refused', message: expect.stringContaining('ann declined') });
  expect(again.next).toContain(`The no stands until ${approval?.expires_at}; `);
  expect(await ask('editor', 'Duke', 'as agreed')).toMatchObject({ outcome: 'needs_approval' });
});

it('names what moved when nothing planned did', async () => {
  const { approval } = await ask('editor', 'Advisor');
  const held = road.sandbox.vendors.atlassian.users.get(jane) ?? {};
  Object.assign(held, { nickName: 'JD', meta: { ...(held['meta'] as object), lastModified: '2031-01-01T00:00:00Z' } });
  const again = await ask('editor', 'Advisor');
  expect(again.message).toContain('Asked again: changed since the earlier request: another part of the record.');
  expect(again.approval?.id).not.toBe(approval?.id);
});
