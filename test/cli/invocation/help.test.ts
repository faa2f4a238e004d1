import { describe, expect, it } from 'vitest';
import { type Action, isGroup } from '../../../src/cli/definitions/command.ts';
import { actions, COMMANDS } from '../../../src/cli/definitions/index.ts';
import { helpOf, overview } from '../../../src/cli/invocation/help.ts';
import { parse } from '../../../src/cli/invocation/parse.ts';

/** What holds for every command, whichever there are. */

const all = COMMANDS.flatMap((command) => [
  { path: command.name, command },
  ...(isGroup(command)
    ? command.subcommands.map((one) => ({ path: `${command.name} ${one.name}`, command: one }))
    : []),
]);

const commandOf = (path: string) => {
  const [name, ...rest] = path.split(' ');
  const command = COMMANDS.find((one) => one.name === name);
  if (!command) throw new Error(path);
  return (...words: string[]) => parse(command, [...rest, ...words]);
};

const argumentsFor = ({ args }: Action) => args.map(() => 'x');

it('the overview names every command', () => {
  for (const { name, summary } of COMMANDS) expect(overview(80)).toContain(`\n  ${name.padEnd(11)}  ${summary}\n`);
});

describe.each([40, 80, 200])('help for %d columns', (width) => {
  it.each([
    { path: '', text: overview(width) },
    ...all.map(({ path, command }) => ({ path, text: helpOf(path, command, width) })),
  ])('fits: $path', ({ text }) => {
    const tooWide = text.split('\n').filter((line) => [...line].length > width);
    // What a person copies in one piece may be longer than a narrow line.
    expect(tooWide.filter((line) => line.trim().split(' ').length > 1)).toEqual([]);
  });
});

describe.each(actions())('$path', ({ path, action }) => {
  const call = commandOf(path);
  const given = argumentsFor(action);

  it('has help, by --help and -h, whatever else is given', () => {
    for (const option of ['--help', '-h']) {
      expect(call(option)).toMatchObject({ kind: 'help', path });
      expect(call('too', 'many', 'words', option)).toMatchObject({ kind: 'help', path });
    }
  });

  it('lists its options and arguments in its help', () => {
    const text = helpOf(path, action, 80);
    for (const name of Object.keys(action.options)) expect(text).toMatch(new RegExp(`^  --${name}\\b`, 'm'));
    for (const { name } of action.args) expect(text).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  it('refuses an unknown option with the usage, and never repeats its value', () => {
    expect(() => call(...given, '--tokne=s3cret-value')).toThrow(
      /there is no option --tokne\..*\nUsage: update-user-mcp/,
    );
    expect(() => call(...given, '--tokne=s3cret-value')).not.toThrow(/s3cret/);
  });

  it('refuses arguments that are missing or too many', () => {
    expect(() => call(...given, 's3cret-value')).toThrow(/(?:takes no arguments|one argument too many).*\nUsage: /);
    expect(() => call(...given, 's3cret-value')).not.toThrow(/s3cret/);
    for (const [at, { name, isOptional }] of action.args.entries()) {
      if (isOptional) expect(call(...given.slice(0, at))).toMatchObject({ kind: 'run', call: { args: [] } });
      else expect(() => call(...given.slice(0, at))).toThrow(`${name} is missing`);
    }
  });

  it.each(Object.entries(action.options))('checks --%s', (name, option) => {
    const mistyped = `--${name.slice(0, -1)}${name.endsWith('x') ? 'y' : 'x'}`;
    expect(() => call(...given, mistyped)).toThrow(/there is no option/);
    if (option.kind === 'flag') {
      expect(() => call(...given, `--${name}=1`)).toThrow(`--${name} takes no value`);
      expect(() => call(...given, `--${name}`, `--${name}`)).toThrow('is given twice');
      expect(call(...given, `--${name}`)).toMatchObject({ kind: 'run', action, call: { values: { [name]: true } } });
      return;
    }
    expect(() => call(...given, `--${name}`)).toThrow(`--${name} needs a value`);
    expect(() => call(...given, `--${name}`, '--json')).toThrow(`--${name} needs a value`);
    expect(() => call(...given, `--${name}`, '')).toThrow(`--${name}: is empty`);
    const value = option.values?.[0] ?? '5';
    const expected = option.kind === 'list' ? [value] : value;
    for (const words of [[`--${name}`, value], [`--${name}=${value}`]])
      expect(call(...words, ...given)).toMatchObject({ call: { values: { [name]: expected }, args: given } });
    const twice = () => call(...given, `--${name}`, value, `--${name}=${value}`);
    if (option.kind === 'list') expect(twice()).toMatchObject({ call: { values: { [name]: [value, value] } } });
    else expect(twice).toThrow('is given twice');
    if (!option.values) return;
    expect(() => call(...given, `--${name}`, `${value}x`)).toThrow(`Did you mean ${value}?`);
  });
});

it.each([
  ['changes', ['lst'], 'Did you mean list?'],
  ['changes', [], 'expected list, verify or export'],
  ['config', [], 'config: expected check.'],
  ['config', ['chek'], 'chek: no such subcommand, expected check. Did you mean check?'],
  ['changes', ['--json'], 'expected list, verify or export'],
  ['approver', ['ad', 'ann'], 'Did you mean add?'],
  ['undo', ['x', '--dry-rum'], 'Did you mean --dry-run?'],
  ['undo', ['x', '-json'], 'there is no option -json. Did you mean --json?'],
  ['undo', ['x', '--reason', '-1'], 'one that begins with a dash is written --reason=TEXT'],
])('%s %j is refused with a suggestion', (name, words, message) => {
  expect(() => commandOf(name)(...words)).toThrow(message);
});

it('takes a value that begins with a dash behind =, options before a subcommand, and words behind --', () => {
  expect(commandOf('undo')('x', '--reason=-1')).toMatchObject({ call: { values: { reason: '-1' } } });
  expect(commandOf('approver')('--config', 'list', 'list')).toMatchObject({
    call: { values: { config: 'list' }, args: [] },
  });
  expect(commandOf('undo')('--', '--json')).toMatchObject({ call: { args: ['--json'] } });
});
