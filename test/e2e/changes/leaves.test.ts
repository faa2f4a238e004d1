import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/lib/json/json.ts';
import type { JsonRecord } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { putsAt, stored } from '../../support/pipeline/pipeline.ts';
import {
  agree,
  ERAS,
  linesOf,
  listed,
  type StdioProgram,
  startStdioProgram,
  useStdioProgram,
} from '../../support/program/stdio-program.ts';

/** What is sent is what was shown, judged, recorded and can be undone: value by value, down to every key of an object. */

const jane = idOf('dayzero', 'jane');
const TOOL = 'dayzero_update_user';

/** Five values that count as empty elsewhere, and two forms of one letter. */
const EMPTIES = {
  theme: 'light',
  access: { level: 'viewer', expires: null, deny: [], mfa: '' },
  blockedTools: [],
  flags: {},
};
const EMPTY_LINES = [
  '- props.theme: "dark" → "light"',
  '- props.access.level: (not set) → "viewer"',
  '- props.access.expires: (not set) → null',
  '- props.access.deny: (not set) → []',
  '- props.access.mfa: (not set) → ""',
  '- props.blockedTools: (not set) → []',
  '- props.flags: (not set) → {}',
];

const puts = ({ server }: StdioProgram) => putsAt(server.sandbox, 'dayzero');
const props = ({ server }: StdioProgram) => stored(server.sandbox, 'dayzero', jane)['props'] as JsonRecord;

function policy(...rules: object[]) {
  return { policy: { rules } };
}

describe.each(ERAS)('in the era of %s', (era) => {
  const shared = useStdioProgram(era);

  describe('what counts as empty', () => {
    it('is judged like any other value', async () => {
      const onlyLight = policy(
        { field: 'dayzero.props', newValue: 'light', decision: 'allow' },
        { field: '*', decision: 'deny' },
      );
      const program = await startStdioProgram(era, { config: onlyLight });
      // All that the rule does not speak of is empty.
      const record = program.server.sandbox.vendors.dayzero.users.get(jane);
      if (record) record['props'] = { theme: 'dark', access: { level: 'viewer' } };
      const { is, text } = await program.call(TOOL, { user_id: jane, set: { props: EMPTIES } });
      expect(is, text).toMatchObject({ outcome: 'denied', code: 'denied_by_policy' });
      expect(puts(program)).toHaveLength(0);
      expect((await program.call(TOOL, { user_id: jane, set: { props: { theme: 'light' } } })).is['outcome']).toBe(
        'updated',
      );
    });

    it('is shown, sent, recorded and undone', async () => {
      const { program } = shared;
      const before = props(program);
      const { is } = await program.call(TOOL, { user_id: jane, set: { props: EMPTIES } }, agree);
      expect(is['outcome']).toBe('updated');
      const shown = program.questions.flatMap(linesOf).filter((line) => line.startsWith('- '));
      expect([...shown].sort()).toEqual([...EMPTY_LINES].sort());
      expect(props(program)).toEqual({ ...before, ...EMPTIES });

      const paths = EMPTY_LINES.map((line) => /^- ([\w.]+):/.exec(line)?.[1]).sort();
      const namesOf = (changes: unknown) => (changes as { field: string }[]).map(({ field }) => field).sort();
      expect(namesOf(is['changes'])).toEqual(paths);
      const [entry] = await listed(program, 1);
      expect(namesOf(entry?.['changes'])).toEqual(paths);

      const undone = await program.call('undo_change', { change_id: is['change_id'] }, agree);
      expect(undone.is['outcome']).toBe('updated');
      expect(props(program)).toEqual(before);
    });

    it.each([
      ['null for an empty text', '', null],
      ['an empty list for null', null, []],
      ['an empty object for an empty list', [], {}],
      ['another form of the same letter', 'Zo\u00eb', 'Zoe\u0308'],
    ])('is not the same: %s', async (_what, held, wanted) => {
      const { program } = shared;
      const record = program.server.sandbox.vendors.dayzero.users.get(jane);
      if (record) record['props'] = { ui: { theme: held } };
      const { is, text } = await program.call(
        TOOL,
        { user_id: jane, set: { props: { ui: { theme: wanted } } } },
        agree,
      );
      expect(is['outcome'], text).toBe('updated');
      expect(program.questions).toHaveLength(1);
      expect(props(program)).toEqual({ ui: { theme: wanted } });
    });
  });

  it.each([
    [
      'keys like those of every object',
      '{"constructor":{"prototype":1},"toString":"x","hasOwnProperty":{"valueOf":null}}',
    ],
    ['keys like paths and patterns', '{"a.b":1,"*":2,"a\\\\b":3,"a b":{"c.d":[{"e.f":null}]},"ünï":4}'],
    ['an object in the place of a text', '{"theme":{"name":"dark","deep":{"er":{}}}}'],
    ['a text in the place of an object', '{"dashboard":"none"}'],
    ['a list in the place of an object', '{"dashboard":[{"widgets":[]},[],[[]],null,""]}'],
  ])('shows, sends and undoes %s', async (_what, json) => {
    const { program } = shared;
    const before = canonicalJson(props(program));
    // Parsed, not written: a key named __proto__ is one of its own.
    const wanted = JSON.parse(json) as JsonRecord;
    const { is, text } = await program.call(TOOL, { user_id: jane, set: { props: wanted } }, agree);
    expect(is['outcome'], text).toBe('updated');
    const held = new Map(Object.entries(props(program)));
    for (const [key, value] of Object.entries(wanted)) expect(canonicalJson(held.get(key))).toBe(canonicalJson(value));
    const [entry] = await listed(program, 1);
    const lines = program.questions.flatMap(linesOf).filter((line) => line.startsWith('- '));
    expect(lines.length).toBeGreaterThanOrEqual((entry?.['changes'] as unknown[]).length);
    const undone = await program.call('undo_change', { change_id: is['change_id'] }, agree);
    expect(undone.is['outcome'], undone.text).toBe('updated');
    expect(canonicalJson(props(program))).toBe(before);
  });

  it.each([
    ['dayzero', { props: {} }],
    ['atomicwork', { custom_fields: {} }],
    ['atlassian', { name: {} }],
    ['mediasilo', { address: {} }],
  ] as const)('%s: an empty object is invalid input', async (provider, set) => {
    const { program } = shared;
    const { is } = await program.call(`${provider}_update_user`, { user_id: idOf(provider, 'jane'), set });
    expect(is).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(is['message']).toContain(Object.keys(set)[0]);
    expect(putsAt(program.server.sandbox, provider)).toHaveLength(0);
  });
});

// A question is put in each era in its own way; policy does not know of eras.
describe('policy', () => {
  const era = '2026';

  describe('a rule', () => {
    it('names a key of an open object, and nothing beside it', async () => {
      const config = policy(
        { name: 'light theme', field: 'dayzero.props.theme', newValue: 'light', decision: 'allow' },
        { field: '*', decision: 'deny' },
      );
      const program = await startStdioProgram(era, { config });
      for (const set of [
        { is_admin: 'light' },
        { theme: { is_admin: 'light' } },
        { theme: 'light', is_admin: 'light' },
      ]) {
        const { is } = await program.call(TOOL, { user_id: jane, set: { props: set } });
        expect(is).toMatchObject({ outcome: 'denied', code: 'denied_by_policy' });
      }
      expect(puts(program)).toHaveLength(0);
      const { is } = await program.call(TOOL, { user_id: jane, set: { props: { theme: 'light' } } });
      expect(is['outcome']).toBe('updated');
      expect(await listed(program, 1)).toMatchObject([{ changes: [{ field: 'props.theme' }] }]);
    });

    it('shows its name instead of its number', async () => {
      const config = policy({ name: 'no themes here', note: 'ask IT', field: 'dayzero.props.theme', decision: 'deny' });
      const program = await startStdioProgram(era, { config });
      const { is } = await program.call(TOOL, { user_id: jane, set: { props: { theme: 'light' } } });
      expect(is['message']).toContain('no themes here: ask IT');
    });

    it('for a whole field covers every key below', async () => {
      const program = await startStdioProgram(era, { config: policy({ field: 'dayzero.props', decision: 'deny' }) });
      const deep = { user_id: jane, set: { props: { dashboard: { widgets: ['cash'] } } } };
      expect((await program.call(TOOL, deep)).is['outcome']).toBe('denied');
    });

    it('reaches a declared key, and keys the tenant made', async () => {
      const config = policy(
        { field: ['atlassian.name.familyName', '*.custom_fields.*'], decision: 'allow' },
        { field: '*', decision: 'deny' },
      );
      const program = await startStdioProgram(era, { config });
      const outcome = async (tool: string, user_id: string, set: object) =>
        (await program.call(tool, { user_id, set })).is['outcome'];
      const [atlassian, atomicwork] = [idOf('atlassian', 'jane'), idOf('atomicwork', 'jane')];
      expect(await outcome('atlassian_update_user', atlassian, { name: { familyName: 'Roe' } })).toBe('updated');
      expect(await outcome('atlassian_update_user', atlassian, { name: { givenName: 'Janet' } })).toBe('denied');
      expect(await outcome('atomicwork_update_user', atomicwork, { custom_fields: { shirt: 'M' } })).toBe('updated');
      expect(await outcome('atomicwork_update_user', atomicwork, { level: 'Principal' })).toBe('denied');
    });

    it('strips one key and leaves the rest', async () => {
      const config = policy({ field: 'dayzero.props.is_admin', decision: 'strip' }, { field: '*', decision: 'allow' });
      const program = await startStdioProgram(era, { config });
      const { is } = await program.call(TOOL, { user_id: jane, set: { props: { theme: 'light', is_admin: true } } });
      expect(is).toMatchObject({ outcome: 'updated', stripped: ['props.is_admin'] });
      expect(props(program)).toMatchObject({ theme: 'light' });
      expect(props(program)).not.toHaveProperty('is_admin');
    });
  });

  describe.each([
    ['without active', (record: JsonRecord) => void delete record['active']],
    ['with active: null', (record: JsonRecord) => void (record['active'] = null)],
  ])('an Atlassian user record %s', (_what, forget) => {
    const user_id = idOf('atlassian', 'jane');
    async function start(...rules: object[]) {
      const program = await startStdioProgram(era, { config: policy(...rules) });
      forget(program.server.sandbox.vendors.atlassian.users.get(user_id) ?? {});
      const call = async (set: object) => (await program.call('atlassian_update_user', { user_id, set })).is;
      return { program, call };
    }

    it('is not written before the caller names it', async () => {
      const { program, call } = await start(
        { field: '*.title', decision: 'allow' },
        { effect: 'lifecycle', decision: 'deny' },
      );
      const is = await call({ title: 'Boss' });
      expect(is).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
      expect(is['message']).toMatch(/active: .*name the value it should have in set/);
      expect(await call({ title: 'Boss', active: true })).toMatchObject({ outcome: 'denied' });
      expect(await call({ title: 'Boss', active: false })).toMatchObject({ outcome: 'denied' });
      expect(putsAt(program.server.sandbox, 'atlassian')).toHaveLength(0);
    });

    it('is written as named where policy allows it', async () => {
      const { program, call } = await start({ field: '*', decision: 'allow' });
      const is = await call({ title: 'Boss', active: false });
      expect(is).toMatchObject({ outcome: 'updated' });
      expect(is).not.toHaveProperty('collateral');
      expect(stored(program.server.sandbox, 'atlassian', user_id)).toMatchObject({ title: 'Boss', active: false });
    });
  });
});
