import { isObject } from '../../lib/json/json-value.ts';

/**
 * Arguments of a tools/call that the protocol library would refuse in its own words: no object, or not readable. They
 * pass it under a name that only this process knows, so that the tool can refuse them in the shape of a result.
 */
const NAME = `set-aside-${crypto.randomUUID()}`;

export type SetAside =
  | { value: unknown }
  /** Why they could not be read. */
  | { problem: string };

/** The message with its arguments set aside. */
export function setAside(message: Record<string, unknown>, found: SetAside): Record<string, unknown> {
  const params = isObject(message['params']) ? message['params'] : {};
  return { ...message, params: { ...params, arguments: { [NAME]: found } } };
}

/** What is wrong with the arguments of a call as a whole; undefined where they are an object. */
export function argumentsProblem(args: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const found = args?.[NAME] as SetAside | undefined; // only `setAside` knows the name
  if (found === undefined) return undefined;
  return 'problem' in found ? found.problem : `expected an object, got ${kindOf(found.value)}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null; send {} where there are none';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'a text; send the object itself and not its JSON text';
  return typeof value === 'number' ? 'a number' : 'true or false';
}
