import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { run as replayCommand } from '../../../src/cli/commands/policy-replay.ts';
import { run as testCommand } from '../../../src/cli/commands/policy-test.ts';
import { UsageError } from '../../../src/errors.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { createPipeline, type Pipeline, putsAt, yesTo } from '../../support/pipeline/pipeline.ts';
import { runProgram } from '../../support/program/run-program.ts';

/** `policy test` and `policy replay`, with a sandbox and an audit log that the pipeline has written. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs

const RULES = [
  { name: 'job titles', field: ['*.title', 'awork.position'], decision: 'allow' },
  { name: 'our own domain', effect: 'identity', newValue: '*@acme.example', decision: 'confirm' },
  { effect: 'identity', decision: 'deny' },
  { name: 'leavers', note: 'ask the help desk', effect: 'lifecycle', oldValue: 'true', decision: 'approve' },
  { caller: 'nightly-*', field: 'atlassian.nickName', decision: 'allow' },
  { user: '*@acme.example', field: 'atlassian.department', decision: 'allow' },
  { field: 'atlassian.timezone', decision: 'strip' },
];

const jane = { atlassian: idOf('atlassian', 'jane'), awork: idOf('awork', 'jane') };
let dir: string;
let pipeline: Pipeline;
let env: Record<string, string>;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'update-user-policy-'));
  const store = join(dir, 'changes.db');
  pipeline = await createPipeline({
    config: { policy: { rules: [] } },
    env: { UPDATE_USER_STORE: store, UPDATE_USER_KEY: '11'.repeat(32) },
  });
  for (const [connection, set] of [
    ['atlassian', { title: 'Advisor' }],
    ['awork', { position: 'Advisor' }],
    ['atlassian', { department: 'Sales' }],
    ['atlassian', { userName: 'jane.new@acme.example' }],
    ['atlassian', { displayName: 'Janie' }],
    ['atlassian', { nickName: 'JJ', timezone: 'Europe/Berlin' }],
  ] as const) {
    const args = { user_id: jane[connection], set };
    const asked = await pipeline.converse(connection, args);
    if (asked.kind === 'ask') await pipeline.converse(connection, args, yesTo(asked));
  }
  await pipeline.call('atlassian', { user_id: jane.atlassian, set: { active: false } });
  await pipeline.call('atlassian', { user_id: 'nobody', set: { title: 'X' } });
  env = {
    HOME: dir,
    ...pipeline.sandbox.env,
    UPDATE_USER_LOG: 'silent',
    UPDATE_USER_STORE: store,
    UPDATE_USER_KEY: '11'.repeat(32),
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  writeFileSync(config('current'), '{}');
  writeFileSync(config('new'), JSON.stringify({ policy: { rules: RULES } }));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await pipeline.stop();
  rmSync(dir, { recursive: true });
});

function config(name: string): string {
  return join(dir, `${name}.config.json`);
}

/** What a command prints when it runs in this process. */
async function printed(run: () => Promise<number>): Promise<{ code: number; stdout: string }> {
  let stdout = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  try {
    return { code: await run(), stdout };
  } finally {
    spy.mockRestore();
  }
}

type TestValues = Parameters<typeof testCommand>[0]['values'];

async function tried(values: Partial<TestValues>): Promise<Record<string, unknown>> {
  const all = { provider: 'atlassian', caller: 'operator', people: '1', config: config('new'), json: true, ...values };
  const { code, stdout } = await printed(() => testCommand({ values: all, args: [] }));
  expect(code).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('policy test', () => {
  const user = jane.atlassian;

  it('makes the plan of a call from the user record, and writes nothing', async () => {
    const [before, puts] = [statSync(join(dir, 'changes.db')).mtimeMs, putsAt(pipeline.sandbox, 'atlassian').length];
    expect(await tried({ user, set: ['title=Boss', 'active=false'] })).toEqual({
      provider: 'atlassian',
      connection: 'atlassian',
      user,
      caller: 'operator',
      verdict: 'approve',
      rule: 'leavers',
      note: 'ask the help desk',
      fields: [
        { field: 'active', effect: 'lifecycle', decision: 'approve', rule: 'leavers', note: 'ask the help desk' },
        { field: 'title', effect: 'ordinary', decision: 'allow', rule: 'job titles' },
      ],
      notes: ['No rule names the caller operator.'],
    });
    expect(await tried({ user, set: ['title=Advisor'] })).toMatchObject({ verdict: 'unchanged', fields: [] });
    expect(await tried({ user, set: ['department=HR'] })).toMatchObject({ verdict: 'allow' });
    expect(putsAt(pipeline.sandbox, 'atlassian')).toHaveLength(puts);
    expect(statSync(join(dir, 'changes.db')).mtimeMs).toBe(before);
  });

  it('says without a user record what it cannot tell', async () => {
    expect(await tried({ set: ['active=false'] })).toMatchObject({
      user: null,
      verdict: 'unknown',
      possible: [
        { decision: 'approve', rule: 'leavers' },
        { decision: 'confirm', rule: 'built-in' },
      ],
      depends_on: ['oldValue'],
    });
    expect(await tried({ set: ['department=HR'] })).toMatchObject({ verdict: 'unknown', depends_on: ['user'] });
    expect(await tried({ set: ['userName=j@other.example'] })).toMatchObject({ verdict: 'deny', rule: 'rules[2]' });
    expect(await tried({ set: ['title=5'] })).toMatchObject({ verdict: 'allow', rule: 'job titles' });
  });

  it('knows the caller, what is stripped, secrets, and a field that the vendor may set by itself', async () => {
    expect(await tried({ caller: 'nightly-sync', set: ['nickName=J'] })).toMatchObject({ verdict: 'allow' });
    expect(await tried({ caller: 'Nightly-sync', set: ['nickName=J'] })).toMatchObject({ verdict: 'confirm' });
    const stripped = { decision: 'strip', rule: 'rules[6]' };
    expect(await tried({ set: ['timezone=UTC', 'title=A'] })).toMatchObject({
      verdict: 'allow',
      fields: [{ decision: 'allow' }, stripped],
    });
    expect(await tried({ clear: ['timezone'] })).toMatchObject({ verdict: 'deny', rule: 'rules[6]' });
    expect(await tried({ provider: 'mediasilo', 'ask-for': ['password'] })).toMatchObject({ verdict: 'approve' });
    expect(await tried({ provider: 'atomicwork', set: ['title=A'] })).toMatchObject({
      verdict: 'unknown',
      fields: [{ field: 'title' }, { side_effect: true }, { side_effect: true }],
    });
  });

  it.each<[string, string[], RegExp]>([
    ['no field', ['hunter2'], /^--set: expected FIELD=VALUE$/],
    ['an unknown field', ['password=hunter2'], /^set\.password: not a field of Atlassian/],
    ['a wrong type', ['active=hunter2'], /^set\.active: expected boolean/],
    ['a key twice', ['name.familyName=hunter2', 'name.familyName=hunter2'], /^--set name\.familyName: is given twice$/],
    ['null', ['title=null'], /clear: \["title"\]/],
    ['a deep path', [`${'a.'.repeat(100)}a=hunter2`], /is not the path of a field/],
    ['a prototype', ['__proto__.x=hunter2'], /__proto__/],
  ])('refuses %s without repeating a value', async (_, set, message) => {
    const error = await tried({ set }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('hunter2');
  });

  it('counts the user records that it is told, and says that the hour before does not count', async () => {
    const rules = [
      { name: 'a few', field: '*.title', people: '<=5', decision: 'allow' },
      { name: 'too many', field: '*', people: '>10', decision: 'deny' },
    ];
    writeFileSync(config('people'), JSON.stringify({ policy: { rules } }));
    const verdictOf = (people?: string) =>
      tried({ config: config('people'), set: ['title=Boss'], ...(people !== undefined && { people }) });
    expect(await verdictOf()).toMatchObject({
      verdict: 'allow',
      people: 1,
      notes: [
        'Judged without a user record, as if everything that is named changes. Give --user for the real plan.',
        'Rules with people count 1 user record, and none that the caller changed in the hour before.',
      ],
    });
    expect(await verdictOf('5')).toMatchObject({ verdict: 'allow', people: 5 });
    expect(await verdictOf('6')).toMatchObject({ verdict: 'confirm', rule: 'built-in' });
    expect(await verdictOf('11')).toMatchObject({ verdict: 'deny', rule: 'too many' });
    const user = jane.atlassian;
    expect(await tried({ config: config('people'), user, set: ['title=Boss'], people: '6' })).toMatchObject({
      verdict: 'confirm',
    });
  });

  it('reads values as JSON where the field takes it', async () => {
    const props = await tried({ provider: 'dayzero', set: ['props.a=5', 'props.b.c="5"', 'props.d=plain'] });
    expect(props['fields']).toMatchObject([{ field: 'props.a' }, { field: 'props.b.c' }, { field: 'props.d' }]);
    const emails = ['emails=[{"value":"a@acme.example","primary":true}]'];
    expect(await tried({ set: emails })).toMatchObject({ verdict: 'unknown', depends_on: ['newValue'] });
  });

  it('is a command of the program: 0 for a verdict, 1 for a user that is not there, 2 for a mistake', async () => {
    const base = ['policy', 'test', '--provider', 'atlassian', '--config', config('new')];
    const [verdict, missing, mistake] = await Promise.all([
      runProgram([...base, '--set', 'title=Boss', '--caller', 'nightly-sync'], env),
      runProgram([...base, '--set', 'title=Boss', '--user', 'nobody'], env),
      runProgram([...base, '--set', 'titel=hunter2'], env),
    ]);
    expect([verdict.code, missing.code, mistake.code]).toEqual([0, 1, 2]);
    expect(verdict.stdout).toContain('Verdict: allow, no question. Rule: job titles.');
    for (const line of verdict.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(mistake.stderr).toMatch(/did you mean title\?/);
    expect(mistake.stderr).not.toContain('hunter2');
  });
});

describe('policy replay', () => {
  const replayed = async (values: Partial<Parameters<typeof replayCommand>[0]['values']> = {}) =>
    await printed(() =>
      replayCommand({ values: { since: '30d', limit: '20', config: config('new'), ...values }, args: [] }),
    );

  it('lists the changes that would have met another verdict, and those it cannot tell', async () => {
    const { code, stdout } = await replayed({ json: true });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(code).toBe(0);
    expect(lines.at(-1)).toEqual({ counts: { same: 3, other: 3, unknown: 1, not_judged: 1, unreadable: 0 } });
    const byField = Object.fromEntries(lines.slice(0, -1).map((line) => [String(line['fields']), line]));
    expect(byField['title']).toMatchObject({
      differs: true,
      old: { verdict: 'confirm' },
      new: { verdict: 'allow', rule: 'job titles' },
    });
    expect(byField['position']).toMatchObject({ differs: true, provider: 'awork' });
    // The rule on `user` may mean an address, which the audit log does not have.
    expect(byField['department']).toMatchObject({ differs: 'unknown', depends_on: ['user'] });
    expect(byField['active']).toMatchObject({ outcome: 'failed', new: { verdict: 'approve', rule: 'leavers' } });
  });

  it('tells the domain of a masked address, and that the rest is masked', async () => {
    writeFileSync(
      config('domain'),
      JSON.stringify({ policy: { rules: [{ newValue: '*@acme.example', decision: 'allow' }] } }),
    );
    writeFileSync(
      config('name'),
      JSON.stringify({ policy: { rules: [{ newValue: 'jane.new@*', decision: 'deny' }] } }),
    );
    const user = async (name: string) => {
      const { stdout } = await replayed({ json: true, config: config(name) });
      return stdout.split('\n').find((line) => line.includes('"userName"'));
    };
    expect(JSON.parse((await user('domain')) ?? '')).toMatchObject({ differs: true, new: { verdict: 'allow' } });
    expect(JSON.parse((await user('name')) ?? '')).toMatchObject({ differs: 'unknown', depends_on: ['newValue'] });
  });

  it('knows whether the user had an address that a rule names whole, unless the change may have brought it', async () => {
    const rules = [
      { name: 'her', user: 'Jane.Doe@acme.example', field: ['*.department', '*.userName'], decision: 'allow' },
      { name: 'him', user: 'jim@acme.example', field: '*', decision: 'deny' },
    ];
    writeFileSync(config('address'), JSON.stringify({ policy: { rules } }));
    const { stdout } = await replayed({ json: true, config: config('address') });
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as Record<string, unknown>)).toMatchObject([
      { fields: ['userName'], differs: 'unknown', depends_on: ['user'] },
      { fields: ['department'], differs: true, new: { verdict: 'allow', rule: 'her' } },
      { counts: { other: 1, unknown: 1, same: 5 } },
    ]);
  });

  it('counts user records as the audit log has them', async () => {
    const rules = [{ name: 'one', field: '*', people: '<=1', decision: 'allow' }];
    writeFileSync(config('people'), JSON.stringify({ policy: { rules } }));
    const { stdout } = await replayed({ json: true, config: config('people') });
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as Record<string, unknown>)).toMatchObject([
      { fields: ['title'], provider: 'atlassian', differs: true, new: { verdict: 'allow', rule: 'one' } },
      { counts: { other: 1, unknown: 0, same: 6 } },
    ]);
  });

  it('has a table of 80 columns, counts what it does not show, and takes a span', async () => {
    const { stdout } = await replayed({ limit: '1' });
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(stdout).toContain('2 more: --limit 3');
    expect(stdout).toMatch(/7 changes judged: 3 would have met another verdict/);
    expect(stdout).toMatch(/1 call ended before policy was asked/);
    expect((await replayed({ since: '2020-01-01', until: '2020-12-31' })).stdout).toMatch(/^0 changes judged/);
  });

  it('judges by the file and reads the audit log of the environment', async () => {
    writeFileSync(config('elsewhere'), JSON.stringify({ store: join(dir, 'other.db'), policy: { rules: RULES } }));
    const { UPDATE_USER_STORE: store = '', ...others } = env;
    writeFileSync(config('current'), JSON.stringify({ store }));
    const args = ['policy', 'replay', '--config', config('elsewhere')];
    const [current, alone, missing] = await Promise.all([
      runProgram(args, { ...others, UPDATE_USER_CONFIG: config('current') }),
      runProgram(args, others),
      runProgram(args.slice(0, 2), env),
    ]);
    expect([current.code, alone.code, missing.code]).toEqual([0, 0, 2]);
    expect(current.stdout).toMatch(/7 changes judged/);
    expect(alone.stdout).toMatch(/0 changes judged/);
  });
});
