import { isObject } from '../../lib/json/json-value.ts';

/**
 * Arguments of a tools/call that the SDK would reject with a protocol error: no object, or not readable. They are
 * passed on under a name that only this process knows, so that the tool can return a result that says what is wrong. Made
 * with the first of them: random numbers would cost every start some milliseconds.
 */
let name: string | undefined;

export type SetAside =
  | { value: unknown }
  /** Why the arguments could not be read. */
  | { problem: string };

/** The message with its arguments replaced by the problem found. */
export function setAside(message: Record<string, unknown>, found: SetAside): Record<string, unknown> {
  const params = isObject(message['params']) ? message['params'] : {};
  name ??= `set-aside-${crypto.randomUUID()}`;
  return { ...message, params: { ...params, arguments: { [name]: found } } };
}

/** The problem with the arguments of a call as a whole. Undefined if they are an object. */
export function argumentsProblem(args: Readonly<Record<string, unknown>> | undefined): string | undefined {
  if (name === undefined) return undefined;
  const found = args?.[name] as SetAside | undefined; // only `setAside` knows the name
  if (found === undefined) return undefined;
  return 'problem' in found ? found.problem : `expected an object, got ${kindOf(found.value)}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null; send {} if there are none';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'a text; send the object itself and not its JSON text';
  return typeof value === 'number' ? 'a number' : 'true or false';
}
