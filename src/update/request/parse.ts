import { AppError } from '../../errors.ts';
import { formatPath } from '../../lib/json/field-path.ts';
import { isObject, type Json, type JsonObject } from '../../lib/json/json-value.ts';
import { type Echo, echoWithout } from '../../lib/text/printable.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ChangeRequest } from '../types.ts';
import { shapeFaults, withoutNulls } from './argument-shape.ts';
import { isAlsoSet, parseClearPaths } from './clear-paths.ts';
import { fillerFaults, withoutFillers } from './fillers.ts';
import type { ArgumentOptions, argumentsSchema } from './schema.ts';
import { takenKeys } from './taken-keys.ts';
import { type Addressee, type ArgumentFault, issueFaults, namedFaults } from './validate.ts';

/**
 * Arguments → ChangeRequest. Throws one `invalid_input` that names every fault with its path, and no value, since a
 * value may be a secret.
 */
export function parseRequest(
  tool: string,
  provider: Provider,
  schema: RequestSchema,
  options: ArgumentOptions,
  raw: unknown,
): ParsedRequest {
  const echo = echoWithout(secretTexts(provider, raw));
  const unfit = shapeFaults(raw, echo);
  if (unfit.length > 0) throw new AppError('invalid_input', unfit.join('\n'));
  const { request, faults } = readRequest({ tool, provider, schema, options, echo }, isObject(raw) ? raw : {});
  if (!request) throw new AppError('invalid_input', namedFaults(faults).join('\n'));
  return request;
}

export type ParsedRequest = ChangeRequest & { connection?: string };
type RequestSchema = Pick<ReturnType<typeof argumentsSchema>, 'safeParse'> & { shape: object };

/** What the arguments are read by. */
interface Reading {
  tool: string;
  provider: Provider;
  schema: RequestSchema;
  options: ArgumentOptions;
  echo: Echo;
}

/** The request, or every fault of the arguments. They have passed `shapeFaults`. */
export function readRequest(
  { tool, provider, schema, options, echo }: Reading,
  raw: JsonObject,
): { request: ParsedRequest; faults?: never } | { request?: never; faults: ArgumentFault[] } {
  const names = Object.keys(schema.shape);
  const args = withoutNulls(raw, names);
  const fillers = fillerFaults(provider, args['set'], echo);
  const cleared = parseClearPaths(provider, textsIn(args['clear']), echo);
  const given = Object.hasOwn(args, 'set') ? { ...args, set: withoutFillers(args['set'], fillers) } : args;
  const parsed = schema.safeParse(given, { reportInput: false });
  const addressee: Addressee = { provider, options, names, echo };
  const faults: ArgumentFault[] = [
    ...fillers.map(
      ({ message }) =>
        () =>
          message,
    ),
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => issueFaults(addressee, issue))),
    ...cleared.faults,
    ...contradictions(args, cleared.paths, echo),
    ...repeatedSecrets(provider, args),
    ...takenKeys(provider, { set: isObject(args['set']) ? args['set'] : {}, clear: cleared.paths }, echo),
  ];
  if (!parsed.success || faults.length > 0) return { faults };
  const data = parsed.data as ParsedArguments; // `set` has the provider's own fields, so that zod infers less
  return { request: toRequest(tool, provider, data, cleared.paths.map(formatPath)) };
}

interface ParsedArguments {
  user_id: string;
  set?: Record<string, Json | undefined>;
  ask_for?: string[];
  reason?: string;
  dry_run?: boolean;
  connection?: string;
  attributes?: string;
  excluded_attributes?: string;
}

function toRequest(tool: string, provider: Provider, args: ParsedArguments, clear: readonly string[]): ParsedRequest {
  const set = new Map(
    Object.entries(args.set ?? {}).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
  // Models fill arguments they do not need with "", which means that they are not given.
  const shaped = provider.shape && [
    ...(args.attributes ? [[provider.shape[0], args.attributes] as const] : []),
    ...(args.excluded_attributes ? [[provider.shape[1], args.excluded_attributes] as const] : []),
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

/** Texts that names in a message must not repeat: values given for a secret, or under a name like that of a secret. */
export function secretTexts(provider: Provider | undefined, raw: unknown): string[] {
  if (!isObject(raw)) return [];
  const isSecret = (name: string) => {
    const field = provider && Object.hasOwn(provider.fields, name) ? provider.fields[name] : undefined;
    return field?.sensitivity === 'secret' || /passw|secret|token|api_?key|credential/i.test(name);
  };
  return [raw, raw['set']].filter(isObject).flatMap((named) =>
    Object.entries(named)
      .filter(([name]) => isSecret(name))
      .flatMap(([, value]) => (typeof value === 'string' ? [value] : [])),
  );
}

/** Secrets that are repeated as names inside a value, where they would be shown. A reason is scrubbed instead. */
function repeatedSecrets(provider: Provider, args: JsonObject): ArgumentFault[] {
  const set = isObject(args['set']) ? args['set'] : {};
  const secrets = Object.entries(set).flatMap(([name, value]) => {
    const isSecret = Object.hasOwn(provider.fields, name) && provider.fields[name]?.sensitivity === 'secret';
    return isSecret && typeof value === 'string' && value.length >= SHORTEST_SECRET ? [value.toLowerCase()] : [];
  });
  if (secrets.length === 0) return [];
  const repeats = (text: string) => secrets.some((secret) => text.toLowerCase().includes(secret));
  return Object.entries(set)
    .filter(([, value]) => namesIn(value).some(repeats))
    .map(
      ([field]) =>
        () =>
          `set.${field}: a name in it repeats a secret of this call`,
    );
}

/** In characters. Many names contain shorter texts by chance. */
const SHORTEST_SECRET = 6;

function namesIn(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap(namesIn)];
}

/** Faults of arguments that are valid on their own but not together. */
function contradictions(args: JsonObject, cleared: readonly (readonly string[])[], echo: Echo): ArgumentFault[] {
  const set = isObject(args['set']) ? args['set'] : {};
  const alsoInSet = (argument: string, names: readonly string[]) =>
    names.map((name) => () => `${argument}: ${echo(name)} is also in set; name it in one of them`);
  const isEmpty = (part: Json | undefined) =>
    part === undefined || (typeof part === 'object' && part !== null && Object.keys(part).length === 0);
  return [
    ...alsoInSet(
      'ask_for',
      textsIn(args['ask_for']).filter((name) => Object.hasOwn(set, name)),
    ),
    ...alsoInSet('clear', cleared.filter((path) => isAlsoSet(path, set)).map(formatPath)),
    ...(['set', 'clear', 'ask_for'].every((name) => isEmpty(args[name]))
      ? [() => 'set: names nothing to change; give at least one field']
      : []),
    ...(args['attributes'] && args['excluded_attributes']
      ? [() => 'attributes: cannot be combined with excluded_attributes; give one of them']
      : []),
  ];
}

function textsIn(list: Json | undefined): string[] {
  return Array.isArray(list) ? [...new Set(list.filter((entry) => typeof entry === 'string'))] : [];
}
