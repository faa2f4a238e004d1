import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formatPath } from '../../../src/lib/json/field-path.ts';
import type { JsonRecord } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { converse, expectResult, NO, type RawMcpClient } from '../../support/json-rpc/stdio.ts';
import { type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';
import { connectRaw, TRANSPORT_ERAS, withTokens } from '../../support/program/transports.ts';
import { isTaken, NASTY, UNSEEN } from '../../support/text/hostile-texts.ts';

/** Hostile texts through the running program: what a person is shown, and what the model reads. */

const jane = idOf('dayzero', 'jane');

/** A reason has 500 characters at most, an answer a megabyte; what a caller sends has bounds, and no control characters. */
function fits(place: keyof typeof PLACES, text: string): boolean {
  if (place === 'a new value') return isTaken(text);
  if (place === 'a key' || place === 'a stored key') return isTaken(text, 'name');
  return place === 'the reason' ? isTaken(text) && text.length <= 500 : text.isWellFormed() && text.length <= 300_000;
}

interface Shown {
  question: string[];
  result: string[];
}

/** A text may take several lines, each of which names its part. */
const VALUE = /^- props\.theme(?: (?:before|after))?(?:, part \d+ of \d+)?: ("[^"\\]*(?:\\.[^"\\]*)*"(?: → )?){1,2}$/;

/** Lines of the question in which the text may show. */
const PLACES = {
  'a new value': [VALUE],
  'an old value': [VALUE],
  'a key': [/^- (?:props\.[\w.]+|"props\..*"): \(not set\) → true$/],
  'a stored key': [/^- (?:props\.[\w.]+|"props\..*"): 1 → \(not set\)$/],
  'the display name': [/^(Change|Make \d+ changes to) "/],
  'an address': [/^(Change|Make \d+ changes to) "/],
  'the reason': [/^Asked by "local"|^Asked by "agent"/, /^Reason, part \d+ of \d+: "/],
  'the client': [/^Asked by "/],
} as const;

let shows = 0;

describe.each(TRANSPORT_ERAS)('over %s, in the era of %s', (transport, era) => {
  let server: StdioServer;
  let wire: RawMcpClient;
  beforeAll(async () => {
    server = await startStdioServer({ config: withTokens() });
    wire = await connectRaw(transport, server.env, { era });
  });
  afterAll(async () => {
    await wire.close();
    await server.stop();
  });
  beforeEach(() => server.sandbox.vendors.dayzero.reset());

  /** The question and result of a change with this text in one place. The answer is no. */
  async function show(place: string, text: string): Promise<Shown> {
    const { users } = server.sandbox.vendors.dayzero;
    const record = structuredClone(users.get(jane)) as JsonRecord;
    // A user of its own, so that no budget of guesses is used up.
    const user_id = `${jane.slice(0, -6)}${String(++shows).padStart(6, '0')}`;
    record['id'] = user_id;
    users.set(user_id, record);
    record['props'] = {
      theme: place === 'an old value' ? text : 'dark',
      [place === 'a stored key' ? text : 'other']: 1,
    };
    if (place === 'the display name') record['last_name'] = text;
    if (place === 'an address') record['email'] = text;
    const value = place === 'a new value' ? text : 'light';
    const key = place === 'a key' ? `${text}.` : 'key.';
    const args = {
      user_id,
      set: { first_name: 'Janet', props: { theme: value, [key]: true } },
      ...(place === 'a stored key' && { clear: [formatPath(['props', text])] }),
      reason: place === 'the reason' ? text : 'because',
    };
    // Over stdio a client of 2025 says once, at the start, what it is called.
    const renamed = place === 'the client' && era === '2025' && transport === 'stdio';
    const own = renamed ? await connectRaw(transport, server.env, { era, client: text }) : wire;
    const client = place === 'the client' ? { client: text } : {};
    const questions: string[] = [];
    const decline = ({ message }: { message: string }) => {
      questions.push(message);
      return NO;
    };
    const ended = expectResult(await converse(own, era, 'dayzero_update_user', args, decline, client));
    if (renamed) await own.close();
    // What a form cannot show whole is not asked there; here no approver is registered either.
    if (questions.length === 0) expect(ended.text).toMatch(/the question has \d+ lines, .*Nothing was changed\./);
    else expect(questions).toHaveLength(1);
    const linesOf = (one: string) => one.replaceAll(user_id, 'ID').split('\n');
    return { question: questions.flatMap(linesOf), result: linesOf(ended.text) };
  }

  describe.each(Object.keys(PLACES) as (keyof typeof PLACES)[])('%s', (place) => {
    const fitting = NASTY.filter(([, text]) => fits(place, text));

    it('shows no text as anything but a value', async () => {
      const harmless = await show(place, 'harmless');
      const own = (line: string) => PLACES[place].some((pattern) => pattern.test(line));
      expect(harmless.question.filter(own)).toHaveLength(1);
      for (const [kind, text] of fitting) {
        const { question, result } = await show(place, text);
        if (question.length > 0) {
          expect(
            question.filter((line) => !own(line)),
            kind,
          ).toEqual(harmless.question.filter((line) => !own(line)));
          expect(question.filter(own).length, kind).toBeGreaterThan(0);
          expect(question.length, kind).toBeLessThanOrEqual(40);
        }
        expect(result, kind).toHaveLength(harmless.result.length);
        for (const line of [...question, ...result]) {
          expect(line, kind).not.toMatch(UNSEEN);
          expect(shownLength(line), kind).toBeLessThan(400);
        }
      }
    }, 120_000);
  });
});

/** Characters of a line; an escape counts as the one it represents. */
function shownLength(line: string): number {
  return Array.from(line.replace(/\\u\{[\da-f]+\}|\\u[\da-f]{4}|\\./g, '?')).length;
}
