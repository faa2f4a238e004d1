/**
 * What a command is. Parsing, help, suggestions and docs/commands.md come from these definitions; the code of a command
 * is loaded only when it runs.
 */

/** An option that is given or not. */
export interface Flag {
  kind: 'flag';
  text: string;
}

/** An option with one value. */
export interface TextOption {
  kind: 'text';
  /** Stands for the value in help, in capitals. */
  placeholder: string;
  text: string;
  /** The only values that are possible. */
  values?: readonly string[];
  default?: string;
  /** Says what is expected, if this value is not. */
  check?(value: string): string | undefined;
}

/** An option with a value that may be given several times. */
export interface ListOption extends Omit<TextOption, 'kind' | 'default'> {
  kind: 'list';
}

export type OptionDefinition = Flag | TextOption | ListOption;
export type OptionDefinitions = Readonly<Record<string, OptionDefinition>>;

/** The values of the options that were given, and of those with a default. */
export type OptionValues<Options extends OptionDefinitions> = {
  [Name in keyof Options as Options[Name] extends { default: string } ? Name : never]: string;
} & {
  [Name in keyof Options as Options[Name] extends { default: string } ? never : Name]?: Options[Name] extends Flag
    ? boolean
    : Options[Name] extends ListOption
      ? string[]
      : string;
};

/** How a command was called: its options, and one text for each of its arguments. */
export interface Called<Values> {
  values: Values;
  args: readonly string[];
}

/** Runs a command; returns its exit code. */
export type Run<Values> = (call: Called<Values>) => Promise<number>;

interface Naming {
  name: string;
  /** One line for the list of commands: what it does, as an imperative without a full stop. */
  summary: string;
  /** Paragraphs below the usage line. */
  description?: readonly string[];
  examples?: readonly Example[];
}

export interface Example {
  /** What follows the name of the program. */
  args: string;
  text: string;
}

/** An argument by position: its name in help, in capitals, and what it is. */
export interface Argument {
  name: string;
  text: string;
  isOptional?: true;
}

/** Something that runs. */
export interface Action extends Naming {
  args: readonly Argument[];
  options: OptionDefinitions;
  load(): Promise<Run<never>>;
}

/** A command that only has subcommands. */
export interface CommandGroup extends Naming {
  subcommands: readonly Action[];
}

export type Command = Action | CommandGroup;

interface ActionParts<Options extends OptionDefinitions> extends Naming {
  args?: readonly Argument[];
  options: Options;
  load(): Promise<Run<OptionValues<Options>>>;
}

/** Checks that the code of a command takes the options that its definition has. */
export function action<const Options extends OptionDefinitions>({ args = [], ...parts }: ActionParts<Options>): Action {
  return { args, ...parts };
}

export function flag(text: string): Flag {
  return { kind: 'flag', text };
}

export function text<const Rest extends Omit<TextOption, 'kind' | 'placeholder' | 'text'>>(
  placeholder: string,
  meaning: string,
  rest?: Rest,
) {
  return { kind: 'text' as const, placeholder, text: meaning, ...(rest as Rest) };
}

export function list(placeholder: string, meaning: string, rest: Pick<ListOption, 'values' | 'check'> = {}) {
  return { kind: 'list' as const, placeholder, text: meaning, ...rest };
}

export function isGroup(command: Command): command is CommandGroup {
  return 'subcommands' in command;
}
