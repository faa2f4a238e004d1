import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../src/errors.ts';
import { createSeal } from '../../../../src/store/seal.ts';
import { decisiveCount, matchesPeople } from '../../../../src/update/policy/people/comparison.ts';
import { readPeopleWindows } from '../../../../src/update/policy/people/counts.ts';
import { decide } from '../../../../src/update/policy/policy.ts';
import type { Rule } from '../../../../src/update/policy/rules.ts';
import { settingsFrom } from '../../../support/pipeline/pipeline.ts';
import { type Leaves, nick, password, subjectAt, title } from '../../../support/pipeline/policy.ts';

describe('a comparison', () => {
  it.each<[string | string[], number[]]>([
    ['<3', [1, 2]],
    ['<=3', [1, 2, 3]],
    ['>3', [4, 5]],
    ['>=3', [3, 4, 5]],
    ['=3', [3]],
    [
      ['=1', '>4'],
      [1, 5],
    ],
  ])('%j holds for %j of 1 to 5', (comparisons, counts) => {
    expect([1, 2, 3, 4, 5].filter((count) => matchesPeople(comparisons, count))).toEqual(counts);
  });

  it.each([['<3'], ['<=3'], ['>3'], ['>=3'], ['=3'], [['=1', '>3']]])('%j gives the same from 4 on', (comparisons) => {
    const decisive = decisiveCount(comparisons);
    expect(decisive).toBe(4);
    const [first, ...more] = [decisive, 5, 1000].map((count) => matchesPeople(comparisons, count));
    expect(new Set(more)).toEqual(new Set([first]));
  });

  it.each(['5', '<=0', '<= 5', '=<5', '==5', '<=5.5', '<=-1', '<=1e3', '', '*', '<=', '<=0005', '≤5', '<=5\n'])(
    '%j is refused with what is expected',
    (people) => {
      const config = { policy: { rules: [{ field: '*.title', people, decision: 'allow' }] } };
      expect(() => settingsFrom(config)).toThrow(UsageError);
      expect(() => settingsFrom(config)).toThrow(/policy\.rules\[0\]\.people.*such as "<=5" or ">10"/s);
    },
  );

  it.each([{ people: 5 }, { people: [] }, { people: ['<=5', 'x'] }, { people: null }])(
    '%j is refused',
    ({ people }) => {
      const config = { policy: { rules: [{ people, decision: 'allow' }] } };
      expect(() => settingsFrom(config)).toThrow(/expected a comparison with a positive whole number/);
    },
  );

  it.each([['<5', '<=5'], ['>10', '>=10'], '=1', '>999999999'].map((people) => ({ people })))(
    '%j is taken',
    ({ people }) => {
      expect(settingsFrom({ policy: { rules: [{ people, decision: 'allow' }] } }).policy.rules).toEqual([
        { people, decision: 'allow' },
      ]);
    },
  );
});

describe('a rule with people', () => {
  const decideWith = (rules: readonly Rule[], count: number, ...on: Leaves[]) =>
    decide(rules, { ...subjectAt('atlassian'), people: () => count }, { leaves: on.flat(), sideEffects: [] });

  it.each([
    ['allow', '<=5', 5, 'allow', []],
    ['allow', '<=5', 6, 'confirm', []],
    ['deny', '>10', 10, 'confirm', []],
    ['deny', '>10', 11, 'deny', []],
    ['approve', ['>=3', '=1'], 1, 'approve', []],
    ['approve', ['>=3', '=1'], 2, 'confirm', []],
    ['strip', '>10', 10, 'confirm', []],
    ['strip', '>10', 11, 'allow', ['title']],
  ] as const)('%s with %j and %d user records', (decision, people, count, verdict, stripped) => {
    const rules: Rule[] = [{ field: '*.title', people: people as Rule['people'], decision }];
    expect(decideWith(rules, count, title).verdict).toMatchObject({ decision: verdict, stripped });
  });

  const few: Rule = { field: '*.title', people: '<=5', decision: 'allow' };
  const many: Rule = { field: ['*.title', '*.nickName'], people: '>10', decision: 'deny' };

  it('counts what matches its other keys, whether people holds or not', () => {
    expect(decideWith([few, many], 6, title).under).toEqual([few, many]);
    expect(decideWith([many], 1, title).under).toEqual([many]);
    expect(decideWith([few], 1, nick).under).toEqual([]);
    expect(decideWith([{ ...few, caller: 'other' }], 1, title).under).toEqual([]);
  });

  it('does not count what an earlier rule decides', () => {
    expect(decideWith([few, many], 5, title).under).toEqual([few]);
    expect(decideWith([few, many], 5, title, nick).under).toEqual([few, many]);
    expect(decideWith([{ field: '*', decision: 'confirm' }, few], 5, title).under).toEqual([]);
  });

  it('does not count what is stripped', () => {
    const strip: Rule = { field: '*.title', people: '>10', decision: 'strip' };
    expect(decideWith([strip], 11, title, nick).under).toEqual([]);
    expect(decideWith([strip], 10, title, nick).under).toEqual([strip]);
  });

  it('counts a secret even where its value must not decide', () => {
    const guess: Rule = { newValue: 'hunter2', people: '<=5', decision: 'allow' };
    expect(decideWith([guess], 1, password).under).toEqual([guess]);
  });
});

describe('the count of a rule', () => {
  const seal = createSeal(new Uint8Array(32).fill(7));
  const user = (userId: string) => ({ provider: 'atlassian', connection: 'main', userId });
  const rule: Rule = { field: '*.title', people: '<=5', decision: 'allow' };

  /** A store of one window after another that only remembers. */
  function createWindows() {
    const kept = new Map<string, Set<string>>();
    const reads: number[] = [];
    const read = (rules: Rule[], principal = 'sync') =>
      readPeopleWindows(
        {
          policy: { rules },
          seal,
          store: {
            readPeople: async (windows) => {
              reads.push(windows.length);
              return windows.map(({ key }) => [...(kept.get(key) ?? [])]);
            },
          },
        },
        { principal },
      );
    const note = async (under: Rule, ids: string[], principal?: string) => {
      const counts = (await read([under], principal)).countsWith(ids.map(user));
      for (const { key, values } of counts.notes(new Map([[under, ids.map(user)]]))) {
        kept.set(key, new Set([...(kept.get(key) ?? []), ...values]));
      }
    };
    return { read, note, reads, kept };
  }

  it('is the size of the union of this call and of the window', async () => {
    const { read, note } = createWindows();
    const count = async (...ids: string[]) => (await read([rule])).countsWith(ids.map(user)).of(rule);
    expect(await count('1')).toBe(1);
    await note(rule, ['1', '2', '3']);
    expect(await count('1')).toBe(3);
    expect(await count('4')).toBe(4);
    expect(await count('1', '2', '4', '5')).toBe(5);
  });

  it('tells two user ids, connections and providers apart', async () => {
    const { read, note } = createWindows();
    await note(rule, ['1']);
    const others = [user('2'), { ...user('1'), connection: 'other' }, { ...user('1'), provider: 'awork' }];
    expect((await read([rule])).countsWith(others).of(rule)).toBe(4);
  });

  it('belongs to a caller and to what the rule says, not to its name or place', async () => {
    const { read, note } = createWindows();
    await note(rule, ['1', '2']);
    const of = async (rules: Rule[], asked: Rule, principal?: string) =>
      (await read(rules, principal)).countsWith([user('3')]).of(asked);
    const renamed = { ...rule, name: 'titles', note: 'a few' };
    const wider = { ...rule, people: '<=50' };
    expect(await of([wider, renamed], renamed)).toBe(3);
    expect(await of([wider, renamed], wider)).toBe(1);
    expect(await of([rule], rule, 'other')).toBe(1);
  });

  it('asks no store where no rule has people', async () => {
    const { read, reads } = createWindows();
    expect((await read([{ decision: 'allow' }])).countsWith([user('1')]).notes(new Map())).toEqual([]);
    expect(reads).toEqual([]);
    await read([rule, { decision: 'allow' }, { ...rule, people: '>10' }]);
    expect(reads).toEqual([2]);
  });

  it('is noted only up to where it decides, and only while the condition is as it was judged', async () => {
    const { read } = createWindows();
    const all = Array.from({ length: 400 }, (_, at) => user(`${at}`));
    const [note] = (await read([rule])).countsWith(all).notes(new Map([[rule, all]]));
    expect(note).toMatchObject({ limit: 6 });
    expect(note?.values).toHaveLength(6);
    const [one] = (await read([rule])).countsWith([user('1')]).notes(new Map([[rule, [user('1')]]]));
    const others = ['a', 'b', 'c', 'd', 'e'];
    expect(one?.fits(others.slice(0, 4))).toBe(true);
    expect(one?.fits(others)).toBe(false);
    expect(one?.fits([...others.slice(0, 4), ...(one?.values ?? [])])).toBe(true);
  });
});
