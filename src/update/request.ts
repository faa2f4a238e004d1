import { AppError } from '../errors.ts';
import { isObject, type Json, type Provider } from '../providers/provider.ts';
import type { ArgumentOptions, argumentsSchema } from './arguments.ts';
import { fillerFaults, issueFaults, unsafeShape, withoutFillers } from './faults.ts';
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
  const faults = [
    ...fillers.map((fault) => fault.message),
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => issueFaults(provider, options, issue))),
  ];
  if (!parsed.success || faults.length > 0) throw invalidInput(faults);

  const args = parsed.data as ParsedArguments;
  const set = new Map(
    Object.entries(args.set ?? {}).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
  const clear = [...new Set(args.clear ?? [])];
  const both = clear.filter((name) => overlaps(name, set));
  const twice = (args.ask_for ?? []).filter((name) => set.has(name));
  if (twice.length > 0)
    throw invalidInput(twice.map((name) => `ask_for: ${name} is also in set; name it in one of them`));
  if (both.length > 0) throw invalidInput(both.map((name) => `clear: ${name} is also in set; name it in one of them`));
  if (set.size + clear.length + (args.ask_for?.length ?? 0) === 0)
    throw invalidInput(['set: names nothing to change; give at least one field']);
  if (args.attributes !== undefined && args.excluded_attributes !== undefined) {
    throw invalidInput(['attributes: cannot be combined with excluded_attributes; give one of them']);
  }
  const shaped = provider.shape && [
    ...(args.attributes === undefined ? [] : [[provider.shape[0], args.attributes] as const]),
    ...(args.excluded_attributes === undefined ? [] : [[provider.shape[1], args.excluded_attributes] as const]),
  ];
  return {
    tool,
    userId: args.user_id,
    set,
    clear,
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

function overlaps(name: string, set: ReadonlyMap<string, Json>): boolean {
  const [field = '', ...rest] = name.split('.');
  const value = set.get(field);
  return set.has(name) || (isObject(value) && rest.length > 0 && Object.hasOwn(value, rest.join('.')));
}

function invalidInput(faults: readonly string[]): AppError {
  return new AppError('invalid_input', faults.join('\n'));
}
