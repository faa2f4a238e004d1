import { AppError } from '../errors.ts';
import { isObject, type Json, type JsonObject, valueAt } from '../json-value.ts';
import { type Provider } from '../providers/provider.ts';
import type { ArgumentOptions, argumentsSchema } from './arguments.ts';
import { fillerFaults, issueFaults, unsafeShape, withoutFillers } from './faults.ts';
import { printable } from './printable.ts';
import type { ChangeRequest } from './types.ts';

/**
 * Arguments → ChangeRequest. Throws one `invalid_input` that names every fault at once, each with its path.
 * Values never appear in it, since one of them may be a secret.
 */
export function parseRequest(
  tool: string,
  provider: Provider,
  schema: ReturnType<typeof argumentsSchema>,
  options: ArgumentOptions,
  raw: unknown,
): ChangeRequest & { connection?: string } {
  const shapeFaults = unsafeShape(raw);
  if (shapeFaults.length > 0) throw invalidInput(shapeFaults);
  const fillers = fillerFaults(provider, raw);
  const parsed = schema.safeParse(withoutFillers(raw, fillers), { reportInput: false });
  const addressee = { provider, options, names: Object.keys(schema.shape) };
  const faults = [
    ...fillers.map((fault) => fault.message),
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => issueFaults(addressee, issue))),
    ...contradictions(raw),
  ];
  if (!parsed.success || faults.length > 0) throw invalidInput(faults);

  const args = parsed.data as ParsedArguments;
  const set = new Map(
    Object.entries(args.set ?? {}).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
  // Models fill arguments they do not need with "": it shapes nothing.
  const shaped = provider.shape && [
    ...(args.attributes ? [[provider.shape[0], args.attributes] as const] : []),
    ...(args.excluded_attributes ? [[provider.shape[1], args.excluded_attributes] as const] : []),
  ];
  return {
    tool,
    userId: args.user_id,
    set,
    clear: [...new Set(args.clear ?? [])],
    askFor: [...new Set(args.ask_for ?? [])],
    ...(args.reason !== undefined && { reason: args.reason }),
    dryRun: args.dry_run ?? false,
    ...(shaped?.length && { shape: Object.fromEntries(shaped) }),
    ...(args.connection !== undefined && { connection: args.connection }),
  };
}

interface ParsedArguments {
  user_id: string;
  set?: Record<string, Json | undefined>;
  clear?: string[];
  ask_for?: string[];
  reason?: string;
  dry_run?: boolean;
  connection?: string;
  attributes?: string;
  excluded_attributes?: string;
}

/** What each argument may say by itself, but not together with the others. Looks at raw arguments of any shape. */
function contradictions(raw: unknown): string[] {
  const args = isObject(raw) ? raw : {};
  const set = isObject(args['set']) ? args['set'] : {};
  const named = (list: Json | undefined) =>
    Array.isArray(list) ? [...new Set(list.filter((name) => typeof name === 'string'))] : [];
  const isGiven = (part: Json | undefined) => part !== undefined && !['{}', '[]'].includes(JSON.stringify(part));
  const twice = (place: string, names: readonly string[]) =>
    names.map((name) => `${place}: ${printable(name)} is also in set; name it in one of them`);
  return [
    ...twice(
      'ask_for',
      named(args['ask_for']).filter((name) => Object.hasOwn(set, name)),
    ),
    ...twice(
      'clear',
      named(args['clear']).filter((name) => overlaps(name, set)),
    ),
    ...(['set', 'clear', 'ask_for'].some((name) => isGiven(args[name]))
      ? []
      : ['set: names nothing to change; give at least one field']),
    ...(args['attributes'] && args['excluded_attributes']
      ? ['attributes: cannot be combined with excluded_attributes; give one of them']
      : []),
  ];
}

function overlaps(name: string, set: JsonObject): boolean {
  const [field = '', ...rest] = name.split('.');
  const value = valueAt(set, [field]);
  return Object.hasOwn(set, name) || (isObject(value) && rest.length > 0 && Object.hasOwn(value, rest.join('.')));
}

function invalidInput(faults: readonly string[]): AppError {
  return new AppError('invalid_input', faults.join('\n'));
}
