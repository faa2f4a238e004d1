import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/sandbox/index.ts';
import { idOf } from '../../src/sandbox/people/people.ts';
import { formatPath } from '../../src/update/paths.ts';
import { type House, openHouse } from '../house.ts';
import { LINES, openLine, withTokens } from '../lines.ts';
import { isTaken, NASTY, UNSEEN } from '../nasty.ts';
import { converse, expectResult, NO, type Wire } from '../wire.ts';

/** The same texts through the running program: what a person is shown, and what the model reads. */

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

/** Lines of the question in which the text may show. */
const PLACES = {
  'a new value': [/^ {2}props\.theme: /],
  'an old value': [/^ {2}props\.theme: /],
  'a key': [/^ {2}props\..*: \(empty\) → true$/],
  'a stored key': [/^ {2}props\..*: 1 → \(empty\)$/],
  'the display name': [/^Update "/],
  'an address': [/^Update "/],
  'the reason': [/^Asked by "/],
  'the client': [/^Asked by "/],
} as const;

describe.each(LINES)('over %s, in the era of %s', (transport, era) => {
  let house: House;
  let wire: Wire;
  beforeAll(async () => {
    house = await openHouse({ config: withTokens() });
    wire = await openLine(transport, house.env, { era });
  });
  afterAll(async () => {
    await wire.close();
    await house.stop();
  });
  beforeEach(() => house.sandbox.vendors.dayzero.reset());

  /** What is shown of a change with this text in one place of it; the person says no. */
  async function show(place: string, text: string): Promise<Shown> {
    house.sandbox.vendors.dayzero.reset();
    const record = house.sandbox.vendors.dayzero.users.get(jane) as JsonObject;
    record['props'] = {
      theme: place === 'an old value' ? text : 'dark',
      [place === 'a stored key' ? text : 'other']: 1,
    };
    if (place === 'the display name') record['last_name'] = text;
    if (place === 'an address') record['email'] = text;
    const value = place === 'a new value' ? text : 'light';
    const key = place === 'a key' ? `${text}.` : 'key.';
    const args = {
      user_id: jane,
      set: { first_name: 'Janet', props: { theme: value, [key]: true } },
      ...(place === 'a stored key' && { clear: [formatPath(['props', text])] }),
      reason: place === 'the reason' ? text : 'because',
    };
    // Over stdio a client of 2025 says once, at the start, what it is called.
    const renamed = place === 'the client' && era === '2025' && transport === 'stdio';
    const own = renamed ? await openLine(transport, house.env, { era, client: text }) : wire;
    const client = place === 'the client' ? { client: text } : {};
    const questions: string[] = [];
    const decline = ({ message }: { message: string }) => {
      questions.push(message);
      return NO;
    };
    const ended = expectResult(await converse(own, era, 'dayzero_update_user', args, decline, client));
    if (renamed) await own.close();
    expect(questions).toHaveLength(1);
    return { question: questions.join().split('\n'), result: ended.text.split('\n') };
  }

  describe.each(Object.keys(PLACES) as (keyof typeof PLACES)[])('%s', (place) => {
    const fitting = NASTY.filter(([, text]) => fits(place, text));

    it('shows no text as anything but a value', async () => {
      const harmless = await show(place, 'harmless');
      const own = (line: string) => PLACES[place].some((pattern) => pattern.test(line));
      expect(harmless.question.filter(own)).toHaveLength(1);
      for (const [kind, text] of fitting) {
        const { question, result } = await show(place, text);
        expect(question, kind).toHaveLength(harmless.question.length);
        expect(
          question.filter((line) => !own(line)),
          kind,
        ).toEqual(harmless.question.filter((line) => !own(line)));
        expect(result, kind).toHaveLength(harmless.result.length);
        for (const line of [...question, ...result]) {
          expect(line, kind).not.toMatch(UNSEEN);
          expect(Array.from(line).length, kind).toBeLessThan(400);
        }
      }
    }, 120_000);
  });
});
