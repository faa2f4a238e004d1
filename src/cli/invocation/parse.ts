import { parseArgs } from 'node:util';
import { suggest } from '../../lib/text/suggest.ts';
import {
  type Action,
  type Called,
  type Command,
  isGroup,
  type OptionDefinition,
  type OptionDefinitions,
} from '../definitions/command.ts';
import { echoOption, echoWord, shapeMistake, unknownSubcommand, valueMistake } from './mistakes.ts';

/** What is to be done: run a command, or print its help. */
export type Invocation =
  | { kind: 'run'; action: Action; call: Called<never> }
  | { kind: 'help'; path: string; of: Command }
  | { kind: 'version' };

/** Reads the arguments that follow the name of a command. Throws a UsageError for the first mistake in them. */
export function parse(command: Command, words: readonly string[]): Invocation {
  if (!isGroup(command)) return parseAction(command.name, command, words);
  const tokens = tokenize(words, Object.assign({}, ...command.subcommands.map(({ options }) => options)));
  const verb = tokens.find((token) => token.kind === 'positional');
  const subcommand = command.subcommands.find(({ name }) => name === verb?.value);
  if (subcommand && verb) {
    const others = command.subcommands.flatMap(({ options }) => Object.keys(options));
    return parseAction(`${command.name} ${subcommand.name}`, subcommand, words.toSpliced(verb.index, 1), others);
  }
  if (tokens.some(isHelp)) return { kind: 'help', path: command.name, of: command };
  if (tokens.some(isVersion)) return { kind: 'version' };
  throw unknownSubcommand(command, verb?.value);
}

/** `others` are the options of other subcommands. */
function parseAction(
  path: string,
  action: Action,
  words: readonly string[],
  others: readonly string[] = [],
): Invocation {
  const tokens = tokenize(words, action.options);
  if (tokens.some(isHelp)) return { kind: 'help', path, of: action };
  if (tokens.some(isVersion)) return { kind: 'version' };
  const fail = (fault: string, near?: string): never => {
    throw shapeMistake(path, action, fault, near);
  };
  const values: Record<string, boolean | string | string[]> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name } = token;
    const definition =
      Object.hasOwn(action.options, name) && token.rawName.startsWith('--') ? action.options[name] : undefined;
    if (!definition) {
      const typed = /^--?[^=]*/.exec(words[token.index] ?? '')?.[0] ?? '';
      if (others.includes(name)) return fail(`does not take --${name}`);
      const known = near(typed, action.options);
      return fail(`there is no option ${echoOption(typed, known)}`, known);
    }
    if (definition.kind !== 'list' && values[name] !== undefined) fail(`--${name}: is given twice`);
    if (definition.kind === 'flag') {
      if (token.value !== undefined) fail(`--${name} takes no value`);
      values[name] = true;
      continue;
    }
    const value = valueOf(token) ?? fail(missingValue(name, definition, token.value));
    checkValue(path, name, definition, value);
    values[name] = definition.kind === 'list' ? [...((values[name] as string[] | undefined) ?? []), value] : value;
  }
  for (const [name, definition] of Object.entries(action.options)) {
    if (definition.kind === 'text' && definition.default !== undefined) values[name] ??= definition.default;
  }
  const args = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  checkArguments(action, args, fail);
  // Each value was read as its definition says, and `action()` ties those to the code that is loaded.
  return { kind: 'run', action, call: { values: values as never, args } };
}

/**
 * The position of the command in the words of the program. Options may precede it; then a word that is like no command
 * may be the value of an unknown one. Undefined if there is none.
 */
export function commandIndex(words: readonly string[], commands: readonly Command[]): number | undefined {
  const all = commands.flatMap((command) => (isGroup(command) ? command.subcommands : [command]));
  const tokens = tokenize(words, Object.assign({}, ...all.map(({ options }) => options)));
  const word = tokens.find((token) => token.kind === 'positional');
  const names = commands.map(({ name }) => name);
  return word && (word.index === 0 || suggest(word.value, names) !== undefined) ? word.index : undefined;
}

type Token = ReturnType<typeof tokenize>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;
type ValueOption = Exclude<OptionDefinition, { kind: 'flag' }>;
type Fail = (fault: string, near?: string) => never;

function tokenize(words: readonly string[], options: OptionDefinitions) {
  const types = Object.entries(options).map(([name, { kind }]) => {
    return [name, { type: kind === 'flag' ? 'boolean' : 'string' }] as const;
  });
  return parseArgs({ args: [...words], options: Object.fromEntries(types), strict: false, tokens: true }).tokens;
}

function isHelp(token: Token): boolean {
  return token.kind === 'option' && (token.rawName === '--help' || token.rawName === '-h');
}

function isVersion(token: Token): boolean {
  return token.kind === 'option' && asksForVersion(token.rawName);
}

export function asksForVersion(word: string): boolean {
  return ['--version', '-V', '-v'].includes(word);
}

/** Undefined where there is none. What begins with a dash is rather the next option than a value, unless `=` joins them. */
function valueOf({ value, inlineValue }: OptionToken): string | undefined {
  return value === undefined || value === '' || (value.startsWith('-') && !inlineValue) ? undefined : value;
}

function missingValue(name: string, { placeholder }: ValueOption, found: string | undefined): string {
  if (found === undefined) return `--${name} needs a value: --${name} ${placeholder}`;
  if (found === '') return `--${name}: is empty`;
  return `--${name} needs a value; one that begins with a dash is written --${name}=${placeholder}`;
}

function checkValue(path: string, name: string, { values, check }: ValueOption, value: string): void {
  if (values && !values.includes(value)) {
    const known = suggest(value, values);
    throw valueMistake(path, `--${name} ${echoWord(value, known)}: expected one of ${values.join(', ')}`, known);
  }
  const fault = check?.(value);
  if (fault !== undefined) throw valueMistake(path, `--${name}: ${fault}`);
}

function checkArguments({ args }: Action, given: readonly string[], fail: Fail): void {
  const missing = args[given.length];
  if (missing && !missing.isOptional) fail(`${missing.name} is missing`);
  if (given.length > args.length) {
    fail(
      args.length === 0
        ? 'takes no arguments'
        : `one argument too many after ${args.map(({ name }) => name).join(' ')}`,
    );
  }
  for (const [at, { name }] of args.entries()) if (given[at]?.trim() === '') fail(`${name} is empty`);
}

function near(typed: string, options: OptionDefinitions): string | undefined {
  const name = suggest(typed, [...Object.keys(options), 'help', 'version']);
  return name === undefined ? undefined : `--${name}`;
}
