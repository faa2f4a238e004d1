import type { Action, OptionDefinition } from '../definitions/command.ts';
import { wrap } from '../table.ts';

/** How an action is called, in one line: its arguments, then its options. */
export function usageOf(path: string, { args, options }: Action): string {
  const parts = [
    ...args.map(({ name, isOptional }) => (isOptional ? `[${name}]` : name)),
    ...Object.entries(options).map(
      ([name, option]) => `[${optionUsage(name, option)}]${option.kind === 'list' ? '…' : ''}`,
    ),
  ];
  return ['update-user-mcp', path, ...parts].join(' ');
}

/** An option with the placeholder of its value. */
export function optionUsage(name: string, option: OptionDefinition): string {
  return option.kind === 'flag' ? `--${name}` : `--${name} ${option.placeholder}`;
}

/** Usages behind their heading. What follows a usage that does not fit its line is indented below the first option. */
export function usageLines(usages: readonly string[], width: number): string[] {
  return usages.flatMap((usage, nth) => {
    const [first = '', ...rest] = wrapUsage(usage, width - 7);
    return [`${nth === 0 ? 'Usage:' : '      '} ${first}`, ...rest.map((line) => `         ${line}`)];
  });
}

/** Breaks a usage between its parts only: an option stays with its placeholder. */
function wrapUsage(usage: string, width: number): string[] {
  const whole = usage.replace(/\[[^\]]*\]/g, (option) => option.replaceAll(' ', '\u00a0'));
  return wrap(whole, width - 2).map((line) => line.replaceAll('\u00a0', ' '));
}
