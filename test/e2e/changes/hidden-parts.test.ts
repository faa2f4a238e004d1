import { describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { PASSPHRASE } from '../../support/approvals/program.ts';
import { signInAt } from '../../support/approvals/signed-in-approver.ts';
import { putsAt, stored } from '../../support/pipeline/pipeline.ts';
import {
  agree,
  ERAS,
  linesOf,
  type StdioProgram,
  startStdioProgram,
  useStdioProgram,
} from '../../support/program/stdio-program.ts';
import { runAtTerminal } from '../../support/program/terminal.ts';
import { wordsOf } from '../../support/text/html.ts';

/** No part of a change is hidden from the person who agrees to it, however long the change is. */

const PATIENCE = 120_000;
const ROLES = [
  ...Array.from({ length: 20 }, (_, at) => 4000 + at),
  999_666,
  ...Array.from({ length: 19 }, (_, at) => 5000 + at),
];

/** What the page of a waiting request shows, and what `approve` shows at a terminal before it asks. */
async function shownToApprover({ server }: StdioProgram, approval: unknown) {
  const { id, url } = approval as { id: string; url: string };
  const approver = await signInAt(new URL(url).origin);
  const page = wordsOf(await approver.open(url));
  const { screen } = await runAtTerminal(
    { ...server.env, UPDATE_USER_LOG: 'warn', COLUMNS: '200' },
    ['approve', id],
    [
      ['Approver name: ', 'ann'],
      ['Passphrase: ', PASSPHRASE],
      ['[y/N] ', 'n'],
    ],
  );
  return { page, screen: screen.replace(/\s+/g, ' ') };
}

/** The text of which a question shows these parts. */
function joined(lines: readonly string[], side: string): string {
  const parts = lines.flatMap((line) => new RegExp(`${side}, part \\d+ of \\d+: (".*")$`).exec(line)?.[1] ?? []);
  return parts.map((part) => JSON.parse(part) as string).join('');
}

describe.each(ERAS)('in the era of %s', (era) => {
  const shared = useStdioProgram(era);

  it(
    'a list of 40 entries is not asked about in a client: page and terminal show each of them',
    async () => {
      const program = await startStdioProgram(era, { approver: true });
      const args = { user_id: idOf('atomicwork', 'jane'), set: { org_roles: ROLES } };
      const { is, text } = await program.call('atomicwork_update_user', args, agree);
      expect(is, text).toMatchObject({ outcome: 'needs_approval' });
      expect(program.questions).toHaveLength(0);
      const { page, screen } = await shownToApprover(program, is['approval']);
      for (const role of ROLES) {
        expect(page).toMatch(new RegExp(`Added ${role}(?!\\d)`));
        expect(screen).toMatch(new RegExp(`\\b${role}\\b`));
      }
      expect(putsAt(program.server.sandbox, 'atomicwork')).toHaveLength(0);
    },
    PATIENCE,
  );

  it('a list of 40 entries fails where no approver is registered, and says how to split it', async () => {
    const { program } = shared;
    const args = { user_id: idOf('atomicwork', 'jane'), set: { org_roles: ROLES } };
    const { is } = await program.call('atomicwork_update_user', args, agree);
    expect(is).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
    expect(is['message']).toMatch(/the question has \d+ lines/);
    expect(is['next']).toMatch(/^Split the change/);
    expect(program.questions).toHaveLength(0);
    expect(putsAt(program.server.sandbox, 'atomicwork')).toHaveLength(0);
  });

  it('each entry of a shorter list has a line of its own, with what is behind it sent as shown', async () => {
    const { program } = shared;
    const roles = ROLES.slice(8, 28);
    const user_id = idOf('atomicwork', 'jane');
    const held = stored(program.server.sandbox, 'atomicwork', user_id)['org_roles'] as number[];
    const args = { user_id, set: { org_roles: roles } };
    const { is } = await program.call('atomicwork_update_user', args, agree);
    expect(is['outcome']).toBe('updated');
    const lines = linesOf(program.questions[0] ?? { message: '', form: {}, raw: {} as never });
    for (const role of roles) expect(lines).toContain(`- org_roles gains: ${role}`);
    for (const role of held) expect(lines).toContain(`- org_roles loses: ${role}`);
    expect(stored(program.server.sandbox, 'atomicwork', user_id)['org_roles']).toEqual(roles);
  });

  it('a key in the middle of a long object has a line of its own', async () => {
    const { program } = shared;
    const filler = (from: number) =>
      Object.fromEntries(
        Array.from({ length: 12 }, (_, at) => [`setting_${from + at}`, `value ${from + at} as it is`]),
      );
    const prefs = { ...filler(10), is_admin: true, ...filler(30) };
    const args = { user_id: idOf('dayzero', 'jane'), set: { props: { prefs } } };
    const { is } = await program.call('dayzero_update_user', args);
    expect(is['outcome']).toBe('refused');
    const [question] = program.questions;
    expect(question?.message).toMatch(/^- props\.prefs\.is_admin: .* → true$/m);
    for (const [key, value] of Object.entries(filler(10))) {
      expect(question?.message).toContain(`props.prefs.${key}: (not set) → ${JSON.stringify(value)}`);
    }
  });

  it('an address whose domain lies beyond 120 characters is shown to its end', async () => {
    const { program } = shared;
    const email = `${'jane.'.repeat(36)}doe@evil.example`;
    const args = { user_id: idOf('mediasilo', 'jane'), set: { email } };
    const { is } = await program.call('mediasilo_update_user', args);
    expect(is['outcome']).toBe('refused');
    const lines = linesOf(program.questions[0] ?? { message: '', form: {}, raw: {} as never });
    expect(joined(lines, 'email after')).toBe(email);
    for (const line of lines) expect([...line].length).toBeLessThan(200);
  });

  it('a value with dots of its own cannot pass for one that was cut', async () => {
    const { program } = shared;
    const long = `${'a'.repeat(150)} is_admin ${'b'.repeat(150)}`;
    const dotted = `${'a'.repeat(59)}…${'b'.repeat(59)}`;
    for (const company of [long, dotted]) {
      await program.call('mediasilo_update_user', { user_id: idOf('mediasilo', 'jane'), set: { company } });
    }
    const [one, other] = program.questions.map(linesOf);
    expect(joined(one ?? [], 'company after')).toBe(long);
    expect(other?.some((line) => line.endsWith(`→ ${JSON.stringify(dotted)}`))).toBe(true);
  });

  it('a preview says outside the quotes how much of a long text is missing', async () => {
    const { program } = shared;
    const company = `${'a'.repeat(119)}"${'b'.repeat(150)}`;
    const { text } = await program.call('mediasilo_update_user', {
      user_id: idOf('mediasilo', 'jane'),
      set: { company },
      dry_run: true,
    });
    expect(text).toContain(`${JSON.stringify(company.slice(0, 120))} and 150 more characters`);
  });

  it(
    '301 e-mail addresses are each on the page, and asked about nowhere else',
    async () => {
      const program = await startStdioProgram(era, { approver: true });
      const emails = Array.from({ length: 301 }, (_, at) => ({
        value: `jane.${1000 + at}@acme.example`,
        type: 'other',
        primary: at === 0,
      }));
      const args = { user_id: idOf('atlassian', 'jane'), set: { emails } };
      const { is, text } = await program.call('atlassian_update_user', args, agree);
      expect(is, text.slice(0, 500)).toMatchObject({ outcome: 'needs_approval' });
      expect(program.questions).toHaveLength(0);
      const { page, screen } = await shownToApprover(program, is['approval']);
      for (const { value } of emails) {
        expect(page).toContain(value);
        expect(screen).toContain(value);
      }
    },
    PATIENCE,
  );
});
