import { beforeAll, describe, expect, it } from 'vitest';
import type { Settings } from '../../../src/config/load.ts';
import { AppError } from '../../../src/errors.ts';
import { parseBatch } from '../../../src/update/request/batch-parse.ts';
import { readSettingsFrom } from '../../support/pipeline/pipeline.ts';

/** The arguments of `update_users`: every fault of every change is named at once, with its place. */

const token = { tenant: 'acme', apiKey: 'x', workspaceId: '7' };
let settings: Settings;
beforeAll(async () => {
  settings = await readSettingsFrom({
    connections: {
      one: { provider: 'atomicwork', ...token },
      two: { provider: 'atomicwork', ...token },
      atlassian: { provider: 'atlassian', directoryId: 'd', token: 'x' },
      awork: { provider: 'awork', apiKey: 'x' },
    },
  });
});

const parse = (args: unknown, allowSecretInput = false) =>
  parseBatch({ tool: 'update_users', connections: settings.connections, allowSecretInput }, args);

function faultsOf(args: unknown): string[] {
  try {
    parse(args);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).toBe('invalid_input');
    return error.message.split('\n');
  }
  return [];
}

const titled = (user_id: string, more: object = {}) => ({
  provider: 'atlassian',
  user_id,
  set: { title: 'Boss' },
  ...more,
});
const uuid = '3f2c9d7e-1a44-4f6b-9c1e-7d5a2b8e0001';
const many = (count: number) => ({ changes: Array.from({ length: count }, (_, at) => titled(`u${at}`)) });

describe('valid arguments', () => {
  it('become changes with the arguments of the call', () => {
    const { changes, ...call } = parse({
      changes: [titled('a'), { provider: 'atomicwork', connection: 'two', user_id: '7', set: { title: 'CEO' } }],
      reason: 'leaves',
      all_or_nothing: true,
    });
    expect(call).toEqual({ reason: 'leaves', dryRun: false, allOrNothing: true });
    expect(changes.map(({ connection, request }) => [connection.name, request])).toEqual([
      ['atlassian', expect.objectContaining({ userId: 'a', set: new Map([['title', 'Boss']]), reason: 'leaves' })],
      [
        'two',
        expect.objectContaining({ userId: '7', set: new Map([['title', 'CEO']]), dryRun: false, tool: 'update_users' }),
      ],
    ]);
  });

  it('may be null where they are optional, at every level', () => {
    const nulls = { reason: null, dry_run: null, all_or_nothing: null };
    const { changes, ...call } = parse({ changes: [titled('a', { connection: null, clear: null })], ...nulls });
    expect(call).toEqual({ dryRun: false, allOrNothing: false });
    expect(changes).toHaveLength(1);
    expect(parse({ changes: [titled('a', { set: null, clear: ['title'] })] }).changes[0]?.request.clear).toEqual([
      'title',
    ]);
  });

  it('are up to 50 changes, and no more', () => {
    expect(parse(many(50)).changes).toHaveLength(50);
    expect(faultsOf(many(51))).toEqual(['changes: at most 50 entries']);
  });

  it('may set a secret only if the operator lets them', () => {
    const secret = {
      changes: [{ provider: 'atomicwork', connection: 'one', user_id: '7', set: { password: 'x1y2z3' } }],
    };
    expect(parse(secret, true).changes).toHaveLength(1);
    const [fault] = faultsOf(secret);
    expect(fault).toMatch(
      /^changes\[0\]\.set\.password: is a secret .* ask_for: \["password"\] of atomicwork_update_user/,
    );
  });
});

describe('faults', () => {
  it('of every change are named at once, each with its place', () => {
    const faults = faultsOf({
      changes: [
        titled('a', { set: { title: null, nickName: '' } }),
        titled('b', { set: { titel: 'Boss' }, clear: ['active'] }),
        titled('c', { reason: 'x' }),
        { provider: 'atomicwork', connection: 'one', user_id: 'jane', set: { title: 7 } },
        7,
      ],
      reason: 'x'.repeat(501),
      when: 'now',
    });
    expect(faults.map((fault) => fault.replace(/: .*/, ''))).toEqual([
      'reason',
      'when',
      'changes[0].set.title',
      'changes[0].set.nickName',
      'changes[1].set.titel',
      'changes[1].clear',
      'changes[2].reason',
      'changes[3].user_id',
      'changes[3].set.title',
      'changes[4]',
    ]);
    expect(faults[4]).toContain('did you mean title?');
  });

  it.each<[string, unknown, RegExp]>([
    ['no arguments', {}, /^changes: /],
    ['no changes', { changes: [] }, /^changes: /],
    ['changes that are null', { changes: null }, /^changes: /],
    ['changes that are no list', { changes: titled('a') }, /^changes: expected array/],
    ['a list of arguments', [titled('a')], /^arguments: expected an object, not a list/],
    ['a change that changes nothing', { changes: [titled('a', { set: {} })] }, /^changes\[0\]\.set: names nothing/],
    ['an unknown provider', { changes: [titled('a', { provider: 'jira' })] }, /^changes\[0\]\.provider: /],
    ['no provider', { changes: [{ user_id: 'a', set: {} }] }, /^changes\[0\]\.provider: /],
    ['an unknown connection', { changes: [titled('a', { connection: 'x' })] }, /^changes\[0\]\.connection: /],
    [
      'a connection of another provider',
      { changes: [titled('a', { connection: 'one' })] },
      /^changes\[0\]\.connection: expected one of "atlassian"$/,
    ],
    [
      'no connection where there are several',
      { changes: [{ provider: 'atomicwork', user_id: '7', set: { title: 'Boss' } }] },
      /^changes\[0\]\.connection: expected one of "one", "two"$/,
    ],
    ['no user', { changes: [{ provider: 'awork', set: { position: 'Boss' } }] }, /^changes\[0\]\.user_id: /],
    ['an object for an id', { changes: [titled('a', { user_id: { $ne: '' } })] }, /^changes\[0\]\.user_id: /],
    [
      'a prototype',
      { changes: [JSON.parse('{"provider":"atlassian","user_id":"a","set":{"__proto__":{"title":"x"}}}')] },
      /^changes\[0\]\.set: __proto__ is not a field name/,
    ],
    [
      'a prototype for a change',
      { changes: [JSON.parse('{"__proto__":{"provider":"atlassian"},"user_id":"a"}')] },
      /^changes\[0\]: __proto__ is not a field name/,
    ],
    [
      'a long name',
      { changes: [titled('a', { set: { ['x'.repeat(129)]: 'x' } })] },
      /^changes\[0\]\.set: a name of 129/,
    ],
    [
      'a control character',
      { changes: [titled('a', { set: { title: 'a\nb' } })] },
      /^changes\[0\]\.set\.title: control/,
    ],
    [
      '201 names to clear',
      { changes: [titled('a', { clear: Array(201).fill('title') })] },
      /^changes\[0\]\.clear: 201 /,
    ],
    ['more than a MiB', { changes: Array.from({ length: 50 }, (_, at) => titled(`u${at}`, { clear: big })) }, /1 MiB/],
  ])('name %s', (_name, args, expected) => {
    const [fault = ''] = faultsOf(args);
    expect(fault).toMatch(expected);
  });

  it.each<[string, object, object]>([
    ['the same id', titled('a'), titled('a', { set: { nickName: 'JD' } })],
    ['a uuid in another case', titled(uuid), titled(uuid.toUpperCase())],
    [
      'leading zeros',
      { provider: 'atomicwork', connection: 'one', user_id: '7', set: { title: 'a' } },
      { provider: 'atomicwork', connection: 'one', user_id: '007', set: { title: 'b' } },
    ],
    ['and without the only connection named', titled('a'), titled('a', { connection: 'atlassian' })],
  ])('name a user record twice: %s', (_name, one, other) => {
    expect(faultsOf({ changes: [one, titled('z'), other] })).toEqual([
      'changes[2].user_id: the same user record as changes[0]',
    ]);
  });

  it('leave out the same id at two connections, and names that differ in case', () => {
    const at = (connection: string) => ({ provider: 'atomicwork', connection, user_id: '7', set: { title: 'a' } });
    expect(faultsOf({ changes: [at('one'), at('two'), titled('a'), titled('A')] })).toEqual([]);
  });

  it('never repeat a value, or a secret of another change', () => {
    const secret = 'correct-horse-battery';
    const faults = faultsOf({
      changes: [
        { provider: 'atomicwork', connection: 'one', user_id: '7', set: { password: secret } },
        titled('a', { set: { [secret]: 'x', title: { hidden: 'a private value' } } }),
      ],
    });
    expect(faults.length).toBeGreaterThan(2);
    expect(faults.join('\n')).not.toContain(secret);
    expect(faults.join('\n')).not.toContain('a private value');
  });

  it('are counted beyond the first hundred', () => {
    const faulty = Array.from({ length: 50 }, (_, at) => titled(`u${at}`, { set: { a: 1, b: 2, c: 3 } }));
    const faults = faultsOf({ changes: faulty });
    expect(faults).toHaveLength(101);
    expect(faults.at(-1)).toBe('50 more faults; correct these first');
  });
});

const big = Array.from({ length: 150 }, () => 'x'.repeat(200));
