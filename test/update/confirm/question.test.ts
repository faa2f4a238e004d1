import { describe, expect, it } from 'vitest';
import { fitsClient, makeQuestion, type QuestionContext } from '../../../src/update/confirm/question.ts';
import type { PlanView } from '../../../src/update/redact/types.ts';
import { changeView, type PlainChange } from '../../support/pipeline/redacted.ts';
import { NASTY, UNSEEN } from '../../support/text/hostile-texts.ts';

const field = (patch: Partial<PlainChange> = {}): PlainChange => ({
  field: 'title',
  effect: 'ordinary',
  before: 'Engineer',
  after: 'Staff Engineer',
  cleared: false,
  ...patch,
});

const list = (removed: unknown[], added: unknown[], patch: Partial<PlainChange> = {}): PlainChange =>
  field({ before: removed, after: added, list: { removed, added, reordered: false }, ...patch });

type PlainView = Omit<PlanView<'person'>, 'changes'> & { changes: readonly PlainChange[] };

const view = ({ changes, ...patch }: Partial<PlainView> = {}): PlanView<'person'> => ({
  provider: 'atlassian',
  connection: 'main',
  userId: '3f2c',
  label: 'Jane Doe',
  changes: (changes ?? [field(), field({ field: 'nickName', before: 'JD', after: 'Janie' })]).map(changeView),
  warnings: [],
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

const linesOf = (...changes: PlainChange[]) =>
  makeQuestion(view({ changes }), context({ stripped: [] }))
    .message.split('\n')
    .slice(1, -2);

describe('a question', () => {
  it('says who and what first, then each change, who asks and why, and ids last', () => {
    const warnings = ['This takes their access away.'];
    expect(makeQuestion(view({ warnings }), context()).message.split('\n')).toEqual([
      'Make 2 changes to "Jane Doe" ("jane.doe@acme.example") at Atlassian?',
      'This takes their access away.',
      '- title: "Engineer" → "Staff Engineer"',
      '- nickName: "JD" → "Janie"',
      '- timezone: left out by policy',
      'Asked by "local", whose client calls itself "claude-code 2.1", reason: "leaves on Friday"',
      'Connection "main", user "3f2c"',
    ]);
  });

  it('shows what is a risk first, marked as such', () => {
    const active = field({ field: 'active', effect: 'lifecycle', before: true, after: false });
    const roles = list([1], [2], { field: 'org_roles', effect: 'access' });
    expect(linesOf(field(), active, field({ field: 'level' }), roles)).toEqual([
      'Risks:',
      '- active: true → false',
      '- org_roles loses: 1',
      '- org_roles gains: 2',
      'Other changes:',
      '- title: "Engineer" → "Staff Engineer"',
      '- level: "Engineer" → "Staff Engineer"',
    ]);
  });

  it('says in its first line how many changes there are', () => {
    const first = (...changes: PlainChange[]) => makeQuestion(view({ changes }), context()).message.split('\n')[0];
    expect(first(field())).toContain('Change "Jane Doe"');
    expect(first(field(), list([1], [2, 3]))).toContain('Make 4 changes to "Jane Doe"');
  });

  it('shows emptying as (empty) and not as a word a value could be', () => {
    expect(
      linesOf(field({ after: null, cleared: true }), field({ field: 'nickName', before: null, after: '(empty)' })),
    ).toEqual(['- title: "Engineer" → (empty)', '- nickName: (empty) → "(empty)"']);
  });

  it('tells absent, null, "", [] and {} apart inside a free-form object', () => {
    const exactly = (before: unknown, after: unknown) => field({ field: 'props.x', exact: true, before, after });
    expect(linesOf(exactly(undefined, null), exactly(null, ''), exactly('', {}), exactly({}, undefined))).toEqual([
      '- props.x: (not set) → null',
      '- props.x: null → ""',
      '- props.x: "" → {}',
      '- props.x: {} → (not set)',
    ]);
    const emptyList = { removed: [], added: [], reordered: false };
    expect(linesOf({ ...exactly(undefined, []), list: emptyList }, { ...exactly([], null), list: emptyList })).toEqual([
      '- props.x: (not set) → []',
      '- props.x: [] → null',
    ]);
  });

  it('gives every entry of a list that goes or comes a line of its own', () => {
    const roles = Array.from({ length: 30 }, (_, at) => 999_600 + at);
    expect(linesOf(list([1], roles, { field: 'org_roles' }))).toEqual([
      '- org_roles loses: 1',
      ...roles.map((role) => `- org_roles gains: ${role}`),
    ]);
  });

  it('shows entries that change places, and both orders', () => {
    const moved = { removed: [], added: [], reordered: true };
    expect(
      linesOf(field({ field: 'props.x', exact: true, before: ['a', 'b'], after: ['b', 'a'], list: moved })),
    ).toEqual([
      '- props.x: its entries change places',
      '- props.x in order before: ["a","b"]',
      '- props.x in order after: ["b","a"]',
    ]);
  });

  it.each([
    ['3,000 letters', 'x'.repeat(3000)],
    ['letters of two code units', '\u{20000}'.repeat(300)],
    ['a value that holds an ellipsis', `${'a'.repeat(119)}…${'b'.repeat(119)}`],
    ['an entry of a list', 'e'.repeat(241)],
  ])('wraps %s into quoted pieces and leaves nothing out', (name, text) => {
    const change = name === 'an entry of a list' ? list([], [text]) : field({ after: text });
    const pieces = linesOf(change).filter((line) => / part \d+ of \d+: "/.test(line));
    expect(pieces).toHaveLength(Math.ceil([...text].length / 120));
    for (const piece of pieces) expect([...piece].length).toBeLessThan(170);
    expect(pieces.map((line) => JSON.parse(line.slice(line.indexOf('"'))) as string).join('')).toBe(text);
  });

  it('wraps a long reason', () => {
    const reason = `${'r'.repeat(120)}${'s'.repeat(120)}`;
    expect(makeQuestion(view(), context({ reason })).message.split('\n').slice(-4)).toEqual([
      'Asked by "local", whose client calls itself "claude-code 2.1"',
      `Reason, part 1 of 2: "${'r'.repeat(120)}"`,
      `Reason, part 2 of 2: "${'s'.repeat(120)}"`,
      'Connection "main", user "3f2c"',
    ]);
  });

  it('fits a client with 40 lines and not with more', () => {
    const of = (count: number) =>
      makeQuestion(view({ changes: Array(count).fill(field()) }), context({ stripped: [] }));
    expect(fitsClient(of(37))).toBe(true);
    expect(fitsClient(of(38))).toBe(false);
    const key = 'k'.repeat(20_000);
    expect(fitsClient(makeQuestion(view({ changes: [field({ field: `props.${key}` })] }), context()))).toBe(false);
  });

  it.each([
    ['Arabic', 'مدير'],
    ['Hebrew', 'מנהל'],
  ])('keeps %s from making before and after change places', (_name, text) => {
    expect(linesOf(field({ before: text, after: 'Boss' }))).toEqual([
      `- title before: "${text}"`,
      '- title after: "Boss"',
    ]);
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('takes the key %s for a key', (key) => {
    expect(linesOf(field({ field: `props.${key}`, exact: true, before: undefined, after: 'x' }))).toEqual([
      `- props.${key}: (not set) → "x"`,
    ]);
  });

  it('shows integers beyond 2^53 to the last digit', () => {
    const moved = field({ before: 9_007_199_254_740_993n, after: 9_223_372_036_854_775_807n });
    expect(linesOf(moved)).toEqual(['- title: 9007199254740993 → 9223372036854775807']);
  });

  it.each(['identity', 'access', 'lifecycle'] as const)('wants the label typed for a change of %s', (effect) => {
    expect(makeQuestion(view({ changes: [field(), field({ effect })] }), context()).typed).toBe('Jane Doe');
  });

  it('names the verified caller before what a client calls itself', () => {
    const caller = { principal: 'nightly-sync', client: 'Okta SSO (verified by IT)' };
    expect(makeQuestion(view(), context({ caller })).message).toContain(
      'Asked by "nightly-sync", whose client calls itself "Okta SSO (verified by IT)", reason: ',
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
    const { typed } = makeQuestion(view({ label, changes: [field({ effect: 'access' })] }), context());
    expect(typed).toBe(label);
  });

  it.each([
    ['is too long', 'J'.repeat(61)],
    ['breaks lines', 'Jane\nDoe'],
    ['holds invisible characters', 'Jane\u200bDoe'],
    ['holds a joiner where nothing joins', 'Jane\u200dDoe'],
    ['holds what turns the line', 'Jane\u202eDoe'],
    ['holds a tab', 'Jane\tDoe'],
  ])('wants the id typed where the label %s', (_name, label) => {
    const changes = [field({ effect: 'access' })];
    expect(makeQuestion(view({ label, changes }), context()).typed).toBe('3f2c');
  });
});

const manager = (name: string) => ({ id: '5', refers: 'user' as const, name });

/** Everywhere a text of someone else's can be, and the line of the question it is on. */
const PLACES: readonly (readonly [string, number, (text: string) => string])[] = [
  ['a new value', 1, (after) => ask({ changes: [field({ after }), field()] })],
  ['an old value', 1, (before) => ask({ changes: [field({ before }), field()] })],
  ['an entry of a list', 1, (text) => ask({ changes: [list([], [text]), field()] })],
  ['a value within an entry', 1, (value) => ask({ changes: [list([], [{ value }]), field()] })],
  ['a key within an entry', 1, (key) => ask({ changes: [list([{ [`${key} `]: 1 }], []), field()] })],
  ['a path', 1, (key) => ask({ changes: [field({ field: `props.${key} ` }), field()] })],
  ['the name of a manager', 1, (name) => ask({ changes: [field({ after: 5, references: [manager(name)] }), field()] })],
  ['the display name', 0, (label) => ask({ label })],
  ['the id', -1, (userId) => ask({ userId })],
  ['the connection', -1, (connection) => ask({ connection })],
  ['an e-mail address', 0, (email) => ask({}, { emails: ['a@b.example', email] })],
  ['the reason', -2, (reason) => ask({}, { reason })],
  ['the client', -2, (client) => ask({}, { caller: { principal: 'local', client } })],
  ['the caller', -2, (principal) => ask({}, { caller: { principal } })],
  ['the client of a known caller', -2, (client) => ask({}, { caller: { principal: 'nightly', client } })],
];

describe.each(PLACES)('%s', (_name, at, make) => {
  const harmless = make('harmless').split('\n');

  it.each(NASTY)('with %s stays on lines of its own and within its quotes', (_kind, text) => {
    const lines = make(text).split('\n');
    for (const line of lines) {
      expect(line).not.toMatch(UNSEEN);
      expect(line).not.toMatch(/\p{M}{3}/u);
    }
    // All other lines are there, in their order, and what is new is a part of the value.
    const others = harmless.filter((line) => line !== harmless.at(at));
    expect(lines.filter((line) => others.includes(line))).toEqual(others);
    const added = lines.filter((line) => !others.includes(line));
    for (const line of added.slice(1)) {
      expect(line).toMatch(/^((- [\w.]+( \w+)?, |Reason, )part \d+ of \d+|- title after): "/);
    }
  });
});

function ask(viewPatch: Partial<PlainView>, contextPatch: Partial<QuestionContext> = {}): string {
  return makeQuestion(view(viewPatch), context(contextPatch)).message;
}
