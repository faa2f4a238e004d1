import type { Action, OptionDefinition } from '../definitions/command.ts';

/** How an action is called, in one line: its arguments, then its options. */
export function usageOf(path: string, { args, options }: Action): string {
  const parts = [
    ...args.map(({ name }) => name),
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
