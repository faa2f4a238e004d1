import { describe, expect, it } from 'vitest';
import { isTyped, makeQuestion, type QuestionContext, quote, spelledOut } from '../../src/update/question.ts';
import type { FieldView, PlanView } from '../../src/update/types.ts';
import { NASTY, UNSEEN } from '../nasty.ts';

const field = (patch: Partial<FieldView> = {}): FieldView => ({
  field: 'title',
  effect: 'ordinary',
  before: 'Engineer',
  after: 'Staff Engineer',
  cleared: false,
  ...patch,
});

const view = (patch: Partial<PlanView> = {}): PlanView => ({
  provider: 'atlassian',
  connection: 'main',
  userId: '3f2c',
  label: 'Jane Doe',
  fields: [field(), field({ field: 'nickName', before: 'JD', after: 'Janie' })],
  ...patch,
});

const context = (patch: Partial<QuestionContext> = {}): QuestionContext => ({
  providerTitle: 'Atlassian',
  caller: { principal: 'local', client: 'claude-code 2.1' },
  reason: 'leaves on Friday',
  stripped: ['timezone'],
  emails: ['jane.doe@acme.example'],
  contested: [],
  ...patch,
});

describe('a question', () => {
  it('says who, what, where from, who asks and why, each on a line of its own', () => {
    expect(makeQuestion(view(), context()).message.split('\n')).toEqual([
      'Update "Jane Doe" at Atlassian?   connection "main", user "3f2c", "jane.doe@acme.example"',
      '  title: "Engineer" → "Staff Engineer"',
      '  nickName: "JD" → "Janie"',
      '  timezone: left out by policy',
      'Asked by "claude-code 2.1", reason: "leaves on Friday"',
    ]);
  });

  it('shows emptying as (empty) and not as a word a value could be', () => {
    const fields = [
      field({ after: null, cleared: true }),
      field({ field: 'nickName', before: null, after: '(empty)' }),
    ];
    const { message } = makeQuestion(view({ fields }), context());
    expect(message).toContain('  title: "Engineer" → (empty)\n');
    expect(message).toContain('  nickName: (empty) → "(empty)"\n');
  });

  it('shows of an object each key that moves', () => {
    const moved = field({
      field: 'address',
      before: { city: 'Paris', zip: '1' },
      after: { city: 'Rome', 'a b': true },
    });
    expect(
      makeQuestion(view({ fields: [moved] }), context())
        .message.split('\n')
        .slice(1, 4),
    ).toEqual(['  address.city: "Paris" → "Rome"', '  address.zip: "1" → (empty)', '  address."a b": (empty) → true']);
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('takes the key %s for a key', (key) => {
    const moved = field({ field: 'props', before: {}, after: Object.fromEntries([[key, 'x']]) });
    expect(makeQuestion(view({ fields: [moved] }), context()).message).toContain(`  props.${key}: (empty) → "x"\n`);
  });

  it('shows of a list of entries what comes and what goes', () => {
    const [work, home] = [
      { value: 'a@x.example', type: 'work' },
      { value: 'b@x.example', type: 'home' },
    ];
    const moved = field({ field: 'emails', effect: 'identity', before: [work], after: [home] });
    expect(
      makeQuestion(view({ fields: [moved] }), context())
        .message.split('\n')
        .slice(1, 4),
    ).toEqual([
      '  emails: 1 → 1 entries, replaced whole   (changes what this person signs in with)',
      '    removed: {"value":"a@x.example","type":"work"}',
      '    added: {"value":"b@x.example","type":"home"}',
    ]);
  });

  it('shows integers beyond 2^53 to the last digit', () => {
    const moved = field({ before: 9_007_199_254_740_993n, after: 9_223_372_036_854_775_807n });
    expect(makeQuestion(view({ fields: [moved] }), context()).message).toContain(
      'title: 9007199254740993 → 9223372036854775807\n',
    );
  });

  it.each(['identity', 'access', 'lifecycle'])('wants the label typed for a change of %s', (effect) => {
    expect(makeQuestion(view({ fields: [field(), field({ effect })] }), context()).typed).toBe('Jane Doe');
  });

  it('names who is known to call before what a client calls itself', () => {
    const caller = { principal: 'nightly-sync', client: 'security-team 1.0' };
    expect(makeQuestion(view(), context({ caller })).message).toContain(
      'Asked by "nightly-sync", client "security-team 1.0", reason: ',
    );
  });

  it('wants nothing typed for an ordinary change', () => {
    expect(makeQuestion(view(), context()).typed).toBeUndefined();
  });

  it.each([
    'Jane "JD" Doe',
    'Jane \\ Doe',
    '"',
    "Conan O'Brien; {x} <y> & 100 %",
    'Zoë Müller-Łuk',
    'Zoe\u0308',
    '田中 美咲',
    'محمد',
    'नेहा',
  ])('wants the label typed where a person can type it: %s', (label) => {
    const { typed } = makeQuestion(view({ label, fields: [field({ effect: 'access' })] }), context());
    expect(typed).toBe(label);
    expect(isTyped(label, label)).toBe(true);
  });

  it.each([
    ['is too long', 'J'.repeat(61)],
    ['breaks lines', 'Jane\nDoe'],
    ['holds what nobody can see', 'Jane\u200bDoe'],
    ['holds what joins', 'Jane\u200dDoe'],
    ['holds what nobody can type', 'Jane\u00a0Doe'],
    ['holds what turns the line', 'Jane\u202eDoe'],
    ['holds a tab', 'Jane\tDoe'],
  ])('wants the id typed where the label %s', (_name, label) => {
    const fields = [field({ effect: 'access' })];
    expect(makeQuestion(view({ label, fields }), context()).typed).toBe('3f2c');
  });
});

/** Everywhere a text of somebody else's can stand, and which line it stands on. */
const PLACES: readonly (readonly [string, number, (text: string) => string])[] = [
  ['a new value', 1, (after) => ask({ fields: [field({ after }), field()] })],
  ['an old value', 1, (before) => ask({ fields: [field({ before }), field()] })],
  ['an entry of a list', 1, (text) => ask({ fields: [field({ after: ['a', text, 'b'] }), field()] })],
  ['a value within an object', 1, (text) => ask({ fields: [field({ before: {}, after: { key: text } }), field()] })],
  ['the value of an entry', 3, (value) => ask({ fields: [entries({ value }), field()] })],
  ['a key within an object', 1, (key) => ask({ fields: [field({ before: {}, after: { [`${key} `]: 1 } }), field()] })],
  ['a key of an entry', 3, (key) => ask({ fields: [entries({ [`${key} `]: 1 }), field()] })],
  ['a key deep within', 1, (key) => ask({ fields: [field({ before: {}, after: { a: { [key]: 1 } } }), field()] })],
  ['the display name', 0, (label) => ask({ label })],
  ['the id', 0, (userId) => ask({ userId })],
  ['the connection', 0, (connection) => ask({ connection })],
  ['an e-mail address', 0, (email) => ask({}, { emails: ['a@b.example', email] })],
  ['the reason', 4, (reason) => ask({}, { reason })],
  ['the client', 4, (client) => ask({}, { caller: { principal: 'local', client } })],
  ['the caller', 4, (principal) => ask({}, { caller: { principal } })],
  ['the client of a known caller', 4, (client) => ask({}, { caller: { principal: 'nightly', client } })],
];

describe.each(PLACES)('%s', (_name, at, make) => {
  const harmless = make('harmless').split('\n');

  it.each(NASTY)('with %s stays on its line and within its quotes', (_kind, text) => {
    const lines = make(text).split('\n');
    expect(lines).toHaveLength(harmless.length);
    expect(lines.filter((_, index) => index !== at)).toEqual(harmless.filter((_, index) => index !== at));
    const line = lines[at] ?? '';
    expect(line).not.toMatch(UNSEEN);
    expect(Array.from(line).length).toBeLessThanOrEqual(Array.from(harmless[at] ?? '').length + 120);
    expect(line).not.toMatch(/\p{M}{3}/u);
  });
});

describe('a quoted value', () => {
  it.each<[unknown, string]>([
    [undefined, '(empty)'],
    [null, '(empty)'],
    ['', '(empty)'],
    ['(empty)', '"(empty)"'],
    [' ', '" "'],
    [true, 'true'],
    ['true', '"true"'],
    [0, '0'],
    [[], '[]'],
    [{}, '{}'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['a\nb', '"a\\nb"'],
    ['a\u202eb', '"a\\u{202e}b"'],
    ['a\\u{202e}b', '"a\\\\u{202e}b"'],
    ['Zoë 美咲 👩', '"Zoë 美咲 👩"'],
    ['\u1ebf', '"\u1ebf"'],
    ['e\u0302\u0301', '"e\u0302\u0301"'],
  ])('%j is shown as %s', (value, shown) => {
    expect(quote(value)).toBe(shown);
  });

  it('is at most 120 characters long, and says so when it is cut', () => {
    const cut = quote('x'.repeat(500));
    expect(Array.from(cut)).toHaveLength(120);
    expect(cut).toContain('…');
    expect(quote(`${'x'.repeat(500)}a`)).not.toBe(quote(`${'x'.repeat(500)}b`));
    expect(Array.from(quote('x'.repeat(118)))).toHaveLength(120);
  });
});

describe('what is typed', () => {
  it.each([
    ['Jane Doe', true],
    ['  Jane   Doe ', true],
    ['Zoe\u0308', false],
    ['jane doe', false],
    ['Jane', false],
    ['', false],
    [undefined, false],
  ])('%j confirms "Jane Doe": %s', (typed, fits) => {
    expect(isTyped(typed, 'Jane Doe')).toBe(fits);
  });

  it.each([
    ['Jane Doe', '"Jane Doe"'],
    ['Jane "JD" Doe', '“Jane "JD" Doe”'],
    ['Jane \\ Doe', '“Jane \\ Doe”'],
  ])('%s is asked for as %s', (label, shown) => {
    expect(spelledOut(label)).toBe(shown);
  });

  it('may be composed or decomposed', () => {
    expect(isTyped('Zoe\u0308', 'Zo\u00eb')).toBe(true);
  });
});

function ask(viewPatch: Partial<PlanView>, contextPatch: Partial<QuestionContext> = {}): string {
  return makeQuestion(view(viewPatch), context(contextPatch)).message;
}

function entries(entry: Record<string, unknown>): FieldView {
  return field({ field: 'emails', before: [{ value: 'old' }], after: [entry] });
}
