import { describe, expect, it } from 'vitest';
import { providers } from '../../../src/providers/index.ts';
import type { JsonRecord, JsonValue, VendorId } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { type SignedInApprover, signInAt } from '../../support/approvals/signed-in-approver.ts';
import { ERAS, linesOf, useStdioProgram } from '../../support/program/stdio-program.ts';
import { wordsOf } from '../../support/text/html.ts';

/** Preview, question and approval page share one list of warnings, which depend on the direction of a change. */

type Case = [vendor: VendorId, field: string, before: JsonValue, after: JsonValue, warning: string];
const CASES: Case[] = [
  ['atomicwork', 'is_deleted', false, true, 'This deletes their account at Atomicwork.'],
  ['atomicwork', 'is_deleted', true, false, 'This restores their deleted account at Atomicwork.'],
  [
    'atomicwork',
    'terminated_on',
    null,
    '2031-01-31',
    'This sets the day they leave; their access to Atomicwork may end',
  ],
  [
    'atomicwork',
    'employment_status',
    'Active',
    'Terminated',
    'This changes their employment status; at Atomicwork that',
  ],
  ['atlassian', 'active', true, false, 'This takes their access to Atlassian away.'],
  ['atlassian', 'active', false, true, 'This gives their access to Atlassian back.'],
  ['dayzero', 'onboarded', false, true, 'This marks them as onboarded, which opens DayZero to them.'],
  ['dayzero', 'onboarded', true, false, 'which takes their access to DayZero away until it is done.'],
  ['mediasilo', 'status', 'ACTIVE', 'DELETED', 'This deletes their account at MediaSilo.'],
  ['mediasilo', 'status', 'DELETED', 'ACTIVE', 'This restores their deleted account at MediaSilo.'],
  ['mediasilo', 'status', 'ACTIVE', 'LOCKED', 'This takes their access to MediaSilo away.'],
  ['mediasilo', 'status', 'LOCKED', 'ACTIVE', 'This gives their access to MediaSilo back.'],
  ['scim', 'active', true, false, 'This takes their access away.'],
  ['scim', 'active', false, true, 'This gives their access back.'],
  ['mediasilo', 'sso', true, false, 'This takes access or rights at MediaSilo away from them.'],
  ['atomicwork', 'org_roles', [41], [41, 42], 'This gives them access or rights at Atomicwork.'],
  ['atomicwork', 'org_roles', [41, 42], [41], 'This takes access or rights at Atomicwork away from them.'],
  ['mediasilo', 'userName', 'jane.doe', 'jane.roe', 'This changes what they sign in to MediaSilo with.'],
];

const recordOf = (users: Map<string, JsonRecord>, id: string) => users.get(id) ?? {};

it('every lifecycle field has a case', () => {
  const lifecycle = providers.flatMap(({ id, fields }) =>
    Object.entries(fields).flatMap(([field, { effect }]) => (effect === 'lifecycle' ? [`${id}.${field}`] : [])),
  );
  expect(CASES.map(([vendor, field]) => `${vendor}.${field}`)).toEqual(expect.arrayContaining(lifecycle));
});

describe.each(ERAS)('in the era of %s', (era) => {
  const shared = useStdioProgram(era);

  it.each(CASES)('%s: %s from %j to %j', async (vendor, field, before, after, warning) => {
    const { program } = shared;
    const user_id = idOf(vendor, 'jane');
    recordOf(program.server.sandbox.vendors[vendor].users, user_id)[field] = before;
    const args = { user_id, set: { [field]: after } };
    const { is } = await program.call(`${vendor}_update_user`, { ...args, dry_run: true });
    expect(is['outcome']).toBe('preview');
    await program.call(`${vendor}_update_user`, args);
    const [lines] = program.questions.map(linesOf);
    const first = lines?.findIndex((line) => line.startsWith('- ')) ?? 0;
    const warnings = lines?.slice(1, first) ?? [];
    expect(warnings.join(' ')).toContain(warning);
    for (const one of warnings) expect(is['message']).toContain(one);
  });
});

describe('on the approval page', () => {
  const config = { policy: { rules: [{ field: '*', decision: 'approve' }] } };
  const shared = useStdioProgram('2026', { config, approver: true, asks: false });
  let approver: SignedInApprover | undefined;

  it.each(CASES)('%s: %s from %j to %j has the same warning', async (vendor, field, before, after, warning) => {
    const { program } = shared;
    const user_id = idOf(vendor, 'jane');
    recordOf(program.server.sandbox.vendors[vendor].users, user_id)[field] = before;
    const { is } = await program.call(`${vendor}_update_user`, { user_id, set: { [field]: after } });
    const { url } = is['approval'] as { url: string };
    approver ??= await signInAt(new URL(url).origin);
    expect(wordsOf(await approver.open(url))).toContain(warning);
    expect(wordsOf(await approver.list())).toContain(warning);
  });
});
