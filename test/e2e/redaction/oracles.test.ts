import { describe, expect, it } from 'vitest';
import { credentials } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { runProgram } from '../../support/program/run-program.ts';
import { agree, ERAS, listed, type StdioProgram, startStdioProgram } from '../../support/program/stdio-program.ts';

/** Beyond a small budget, nothing tells a caller whether a guess at a hidden value is right. */

const PATIENCE = 120_000;
const BUDGET = 30;

type Entry = Record<string, unknown>;

/** An entry or a result without what differs from call to call. */
function comparable(entry: Entry | undefined): Entry {
  const { change_id: _, at: __, ...rest } = entry ?? {};
  return rest;
}

/** How many requests wait for an approver. */
async function waiting({ server }: StdioProgram): Promise<number> {
  const { stdout } = await runProgram(['approvals', 'list', '--json'], server.env);
  return (JSON.parse(stdout) as unknown[]).length;
}

describe.each(ERAS)('in the era of %s', (era) => {
  describe('a reason', () => {
    const jane = idOf('mediasilo', 'jane');
    /** What the record holds, or the operator; and a wrong guess of the same shape. */
    const GUESSES: [what: string, right: string, wrong: string][] = [
      ['an undeclared value', '4711', '4712'],
      ['a telephone number', '+1 415 555 0101', '+1 415 555 0102'],
      ['a city', 'Springfield', 'Shelbyville'],
      ['a street', 'Evergreen Terrace', 'Nevergreen Terrace'],
      [
        'the password of the operator',
        credentials.mediasilo.password,
        `${credentials.mediasilo.password.slice(0, -1)}~`,
      ],
    ];

    it.each([
      ['a change', {}],
      ['a preview', { dry_run: true }],
      ['no change', { set: { company: 'Acme Inc.' } }],
      ['a refusal', { set: { status: 'LOCKED' } }],
      ['a mistake', { set: { company: 7 } }],
    ])('comes back from %s the same, whatever the record holds', async (_what, args) => {
      const config = { policy: { rules: [{ field: '*.company', decision: 'allow' }] } };
      const program = await startStdioProgram(era, { config });
      const address = { address1: 'Evergreen Terrace', city: 'Springfield' };
      const hold = (more: object) =>
        Object.assign(program.server.sandbox.vendors.mediasilo.users.get(jane) ?? {}, more);
      hold({ pin: 4711, phone: '+1 415 555 0101', address });
      for (const [what, right, wrong] of GUESSES) {
        const told: Entry[] = [];
        for (const guess of [right, wrong]) {
          const reason = `as ${guess} asked`;
          const call = { user_id: jane, set: { company: `Acme ${what}` }, reason, ...args };
          const { is, text } = await program.call('mediasilo_update_user', call);
          const [entry] = await listed(program, 1);
          hold({ company: 'Acme Inc.' });
          const said = JSON.stringify([comparable(is), text.replace(/Recorded as .*/, ''), comparable(entry)]);
          told.push(JSON.parse(said.replaceAll(guess, 'GUESS').replace(/after \d+\.\d+ s/g, 'later')) as Entry);
        }
        expect(told[0], what).toEqual(told[1]);
      }
    });

    it('is kept as written, except for text in the shape of personal data', async () => {
      const config = { policy: { rules: [{ field: '*', decision: 'allow' }] } };
      const program = await startStdioProgram(era, { config });
      const set = { company: 'Acme' };
      const reason = 'Doe (jane.doe@acme.example, 1971-03-02, +49 151 2345678) asked, PIN 4711';
      await program.call('mediasilo_update_user', { user_id: jane, set, reason });
      expect((await listed(program, 1))[0]?.['reason']).toBe('Doe (j•••@acme.example, •••, +•••) asked, PIN 4711');
    });
  });

  describe('an hour’s budget is 30 different values for a masked field', () => {
    const jane = idOf('awork', 'jane');
    const RIGHT = '1984-05-17T00:00:00Z';
    const guess = (number: number) => `19${String(50 + number).padStart(2, '0')}-01-01T00:00:00Z`;
    const ANSWERS: Record<string, { config: object; args: object; before: Entry }> = {
      previews: { config: {}, args: { dry_run: true }, before: { outcome: 'preview' } },
      questions: { config: {}, args: {}, before: { outcome: 'refused' } },
      denials: {
        config: { policy: { rules: [{ field: '*', decision: 'deny' }] } },
        args: {},
        before: { outcome: 'denied', code: 'denied_by_policy' },
      },
      'requests to approvers': {
        config: { policy: { rules: [{ field: '*', decision: 'approve' }] } },
        args: {},
        before: { outcome: 'needs_approval' },
      },
    };
    const EXHAUSTED = { outcome: 'denied', code: 'guess_limit' };

    async function start(config: object, approver = false): Promise<StdioProgram> {
      const program = await startStdioProgram(era, { config: { ...config }, approver });
      const record = program.server.sandbox.vendors.awork.users.get(jane);
      if (record) record['birthDate'] = RIGHT;
      return program;
    }
    const attempt = async (program: StdioProgram, birthDate: string, args: object = {}) =>
      await program.call('awork_update_user', { user_id: jane, set: { birthDate }, ...args });

    it.each(Object.keys(ANSWERS))(
      'over %s; from then on right and wrong are answered alike',
      async (kind) => {
        const { config, args, before } = ANSWERS[kind] ?? { config: {}, args: {}, before: {} };
        const program = await start(config, kind.startsWith('requests'));
        for (let number = 0; number < BUDGET; number++) {
          expect((await attempt(program, guess(number), args)).is).toMatchObject(before);
        }
        // A value that was tried already is no new guess.
        const repeated = await attempt(program, guess(3), args);
        expect(repeated.is['code']).not.toBe('guess_limit');

        const told: Entry[] = [];
        for (const birthDate of [RIGHT, guess(31), RIGHT, guess(32)]) {
          const { is, text } = await attempt(program, birthDate, args);
          expect(is).toMatchObject(EXHAUSTED);
          const entry = kind === 'previews' ? {} : (await listed(program, 1))[0];
          told.push({ is: comparable(is), text: text.replace(/Recorded as .*/, ''), entry: comparable(entry) });
        }
        for (const one of told) expect(one).toEqual(told[0]);
        // A request for an approver would tell, too: at most one for each value that was tried within the budget.
        if (kind.startsWith('requests')) expect(await waiting(program)).toBe(BUDGET);
        expect(program.server.sandbox.vendors.awork.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
      },
      PATIENCE,
    );

    it(
      'whatever way they are tried, together; another user and a public field are not part of it',
      async () => {
        const program = await start({});
        expect((await attempt(program, RIGHT)).is['outcome']).toBe('unchanged');
        for (let number = 1; number < BUDGET; number++) {
          await attempt(program, guess(number), { dry_run: number % 2 === 0 });
        }
        expect((await attempt(program, guess(40))).is).toMatchObject(EXHAUSTED);
        expect((await attempt(program, guess(41), { dry_run: true })).is).toMatchObject(EXHAUSTED);
        const clear = { user_id: jane, clear: ['birthDate'], dry_run: true };
        expect((await program.call('awork_update_user', clear)).is).toMatchObject(EXHAUSTED);

        const john = { user_id: idOf('awork', 'john'), set: { birthDate: guess(1) }, dry_run: true };
        expect((await program.call('awork_update_user', john)).is['outcome']).toBe('preview');
        for (let number = 0; number < BUDGET + 10; number++) {
          const args = { user_id: jane, set: { position: `Position ${number}` }, dry_run: true };
          expect((await program.call('awork_update_user', args)).is['outcome']).toBe('preview');
        }
      },
      PATIENCE,
    );

    it('puts the first preview of an hour into the audit log, without a value in clear', async () => {
      const program = await start({});
      for (const number of [1, 2, 3]) await attempt(program, guess(number), { dry_run: true });
      const entries = await listed(program);
      expect(entries).toMatchObject([{ outcome: 'preview', changes: [{ field: 'birthDate' }] }]);
      expect(JSON.stringify(entries)).not.toMatch(/1984|195\d/);
    });

    it(
      'does not block changes that are made',
      async () => {
        const program = await start({ policy: { rules: [{ field: '*', decision: 'allow' }] } });
        for (let number = 0; number < BUDGET + 5; number++) {
          expect((await attempt(program, guess(number))).is['outcome']).toBe('updated');
        }
        const other = await startStdioProgram(era);
        const args = { user_id: jane, set: { birthDate: guess(1) } };
        expect((await other.call('awork_update_user', args, agree)).is['outcome']).toBe('updated');
      },
      PATIENCE,
    );
  });
});
