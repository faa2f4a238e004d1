import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchText } from '../../../src/cli/deciding/batch-text.ts';
import { columnsOf } from '../../../src/cli/table.ts';
import { batchApproval, change, ordinary, personChange } from '../../support/approvals/batches.ts';
import { type ApprovalProgram, PASSPHRASE, startApprovalProgram } from '../../support/approvals/program.ts';
import { batchCall, runToEnd } from '../../support/pipeline/batch.ts';
import { callPiped, runAtTerminal } from '../../support/program/terminal.ts';
import { NASTY } from '../../support/text/hostile-texts.ts';

/** `approvals list`, `approve` and `reject` for a batch, and how it is shown at a terminal. */

/** No argument of a call is longer. */
const LONGEST = 16_384;

const linesOf = (...given: Parameters<typeof batchApproval>) =>
  batchText(batchApproval(...given).snapshot, 80).split('\n');

describe('a batch at the terminal', () => {
  it('is shown with its counts first, then everyone beside what changes', () => {
    const people = [
      personChange({
        label: 'John Smith',
        userId: 'u2',
        changes: [{ ...ordinary('active', true, false), effect: 'lifecycle' }],
        warnings: ['This takes their access to Atlassian away.'],
        headline: { consequence: 'lifecycle_loses', fields: ['active'] },
        emails: [],
      }),
      personChange({ contested: ['title'], stripped: ['language'], line: 7, connection: 'emea' }),
    ];
    expect(linesOf(people, { reason: 'leaves', allOrNothing: true, again: 'Asked again.' })).toMatchInlineSnapshot(`
      [
        "Asked again.",
        "Change 2 user records?",
        "Atlassian: 2 user records (ordinary 1, lifecycle 1)",
        "Takes "John Smith"’s access away at Atlassian",
        "All or nothing: if one of them fails, those already made are put back; a yes",
        "| covers that.",
        "Asked by "nightly-sync", reason: "leaves"",
        "",
        "WHO                           WHAT CHANGES",
        ""John Smith"                  This takes their access to Atlassian away.",
        "at Atlassian                  - active: true → false",
        "user "u2"",
        "",
        ""Jane Doe"                    - title: "Engineer" → "Lead"",
        ""jane.doe@acme.example"       - title: changed since by someone else; a yes",
        "at Atlassian, connection      | overwrites it",
        "| "emea"                      - language: left out by policy",
        "user "u1"",
        "line 7",
      ]
    `);
  });

  it.each(NASTY.filter(([, text]) => text.length <= LONGEST))(
    'never lets %s draw a line, or leave its column',
    (_, text) => {
      const nasty = personChange({ label: text, emails: [text], changes: [ordinary('title', text, text)] });
      const lines = linesOf([nasty]);
      expect(lines.filter((line) => columnsOf(line) > 80)).toEqual([]);
      const ours = /^(?:\| |"|at |user "|WHO |Change 1 user record|Atlassian: |Asked by |- title|This |$)/;
      expect(lines.map((line) => line.trimStart()).filter((line) => !ours.test(line))).toEqual([]);
    },
  );

  it('shows a value whole, marked where it goes on', () => {
    const value = 'active: true → false '.repeat(20);
    const shown = linesOf([personChange({ changes: [ordinary('title', 'x', value)] })]);
    const cells = shown.map((line) => line.slice(30));
    const begun = cells.filter((cell) => /^- (?!title)/.test(cell));
    expect(begun).toEqual([]);
    expect(cells.filter((cell) => /active:/.test(cell)).every((cell) => /^(?:- title|\| )/.test(cell))).toBe(true);
    expect(cells.join(' ').match(/→/g)).toHaveLength(20);
  });
});

describe('the commands', { timeout: 120_000 }, () => {
  let program: ApprovalProgram;
  let env: Record<string, string>;
  let id: string;
  let batch: string;
  beforeAll(async () => {
    program = await startApprovalProgram({ policy: { rules: [{ field: '*', decision: 'approve' }] } });
    env = { ...program.server.env, UPDATE_USER_LOG: 'warn' };
    const given = [change('atlassian', 'jane', { title: 'Lead' }), change('awork', 'anna', { position: 'Lead' })];
    const risky = [...given, change('atlassian', 'john', { active: false })];
    const asked = await runToEnd(program, batchCall(program, risky, { canAsk: false, isKept: true }));
    id = asked.approval?.id ?? '';
    batch = asked.batch_id;
  }, 60_000);
  afterAll(() => program.stop());
  const asAnn = (verb: string, ...more: string[]) =>
    callPiped(env, [verb, id, '--approver', 'ann', '--passphrase-stdin', ...more], PASSPHRASE);

  it('list it as one request', async () => {
    const listed = await callPiped(env, ['approvals', 'list', '--json']);
    expect(JSON.parse(listed.screen)).toMatchObject([
      {
        id,
        provider: 'atlassian,awork',
        user: null,
        people: 3,
        batch_id: batch,
        fields: ['active', 'title', 'position'],
      },
    ]);
  });

  it('approve it in a script, with the digest of what was shown and the number', async () => {
    const shown = await asAnn('approve');
    expect(shown).toMatchObject({ code: 1, errors: expect.stringContaining('Change 3 user records?') });
    const [, digest = ''] = /--digest ([0-9a-f]{16})\n {2}--confirm with "3"/.exec(shown.errors) ?? [];
    expect(await asAnn('approve', '--digest', digest, '--confirm', '2')).toMatchObject({ code: 1 });
    expect(await asAnn('approve', '--digest', digest, '--confirm', '3', '--json')).toMatchObject({
      code: 0,
      screen: `${JSON.stringify({ id, state: 'approved' })}\n`,
    });
    expect(await asAnn('approve', '--take-back')).toMatchObject({ code: 0 });
  });

  it('approve it at a terminal, and say how it goes on; reject it', async () => {
    const typed: [string, string][] = [
      ['Approver name: ', 'ann'],
      ['Passphrase: ', PASSPHRASE],
      ['Approve all 3 changes?', 'y'],
      ['Type "3" to confirm: ', '3'],
    ];
    const { code, screen } = await runAtTerminal(env, ['approve', id.slice(0, 8)], typed);
    expect([code, screen]).toEqual([0, expect.stringContaining(`apply --resume ${batch}`)]);
    expect(screen).toContain('This takes their access to Atlassian away.');
    expect(await asAnn('reject')).toMatchObject({ code: 0 });
  });
});
