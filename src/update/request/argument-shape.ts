import { bounds } from '../../bounds.ts';
import { isObject, type JsonObject } from '../../lib/json/json-value.ts';
import { type Echo, echo } from '../../lib/text/printable.ts';

/** A value inside the arguments, with its parents. */
interface ArgumentNode {
  value: unknown;
  key: string;
  parent?: ArgumentNode;
  depth: number;
}

/**
 * Faults of arguments that do not depend on the tool: the bounds of the contract, and values that no user record needs,
 * such as control characters and `__proto__`. Runs before anything else reads them, in one pass that ends once the size
 * bound is exceeded, so that no input costs more than its length. `size` counts the bytes of arguments that are checked in
 * several parts.
 */
export function shapeFaults(raw: unknown, name: Echo = echo, size = { bytes: 0 }): string[] {
  if (!isObject(raw)) return raw === undefined ? [] : [`arguments: expected an object, ${NOT_AN_OBJECT[kindOf(raw)]}`];
  const faults: string[] = [];
  const nodes: ArgumentNode[] = [{ value: raw, key: '', depth: 0 }];
  // Grows while it is read: without recursion, deep input cannot overflow the stack.
  for (const node of nodes) {
    const { value } = node;
    const found = faultOf(node);
    if (found !== undefined) faults.push(`${pathOf(node, name)}: ${found}`);
    if (faults.length >= bounds.listedFaults) break;
    size.bytes += sizeOf(value);
    if (size.bytes > bounds.argumentBytes) return [TOO_LARGE];
    if (typeof value !== 'object' || value === null || isTooMuch(node)) continue;
    for (const [key, member] of Object.entries(value)) {
      nodes.push({ value: member, key, parent: node, depth: node.depth + 1 });
    }
  }
  return faults;
}

export const TOO_LARGE = `arguments: larger than ${bounds.argumentBytes / 1024 ** 2} MiB; send less`;

/** Drops known arguments that are `null`: OpenAI's strict mode sends arguments that are not given like this. */
export function withoutNulls(args: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(args).filter(([name, value]) => value !== null || !names.includes(name)));
}

const NOT_AN_OBJECT = {
  null: 'not null',
  list: 'not a list',
  string: 'not a string; send the JSON object itself, not its JSON text',
  other: 'not a single value',
};

function kindOf(raw: unknown): keyof typeof NOT_AN_OBJECT {
  if (raw === null) return 'null';
  if (Array.isArray(raw)) return 'list';
  return typeof raw === 'string' ? 'string' : 'other';
}

function faultOf(node: ArgumentNode): string | undefined {
  const { value } = node;
  if (typeof value === 'string') return textFault(value);
  if (typeof value === 'number') return numberFault(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (node.depth > bounds.depth) return `nested deeper than ${bounds.depth} levels`;
  if (isTooMuch(node)) {
    return `${Object.keys(value).length} entries; at most ${mostEntries(node)} at once`;
  }
  return Array.isArray(value) ? undefined : nameFault(Object.keys(value));
}

/** Whether a list or an object is refused as a whole, and its members are not checked. */
function isTooMuch(node: ArgumentNode): boolean {
  return node.depth > bounds.depth || Object.keys(node.value as object).length > mostEntries(node);
}

function mostEntries({ key, depth }: ArgumentNode): number {
  return depth === 1 && ['clear', 'ask_for'].includes(key) ? bounds.listedFields : bounds.arrayEntries;
}

function textFault(text: string): string | undefined {
  if (!text.isWellFormed()) return 'the string has a broken surrogate pair';
  if (isLong(text)) return `the string is longer than ${bounds.textBytes / 1024} KiB`;
  if (hasControl(text)) return 'control characters and line breaks are not allowed; remove them';
  return undefined;
}

function numberFault(value: number): string | undefined {
  if (!Number.isFinite(value)) return 'the number is too large';
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return undefined;
  return 'a number beyond 2^53 loses digits on its way here; send it as a string of digits';
}

function nameFault(names: readonly string[]): string | undefined {
  if (names.includes('__proto__')) return '__proto__ is not a field name';
  if (names.includes('')) return 'a name is empty';
  const long = names.find((name) => name.length > bounds.nameCharacters);
  if (long !== undefined) return `a name of ${long.length} characters; at most ${bounds.nameCharacters}`;
  if (!names.every((name) => name.isWellFormed())) return 'a name has a broken surrogate pair';
  return names.some(hasControl) ? 'a name contains a control character or a line break' : undefined;
}

/** C0, DEL and C1, and the two line breaks of Unicode. */
function hasControl(text: string): boolean {
  return /[\p{Cc}\u2028\u2029]/u.test(text);
}

function isLong(text: string): boolean {
  return (
    text.length > bounds.textBytes || (text.length * 3 > bounds.textBytes && Buffer.byteLength(text) > bounds.textBytes)
  );
}

/** The approximate size in JSON, in bytes, without the values of its members, which are counted on their own. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 2;
  if (!isObject(value)) return 4;
  return Object.keys(value).reduce((sum, key) => sum + Buffer.byteLength(key) + 4, 2);
}

/** The path of a value; a long one without its middle, to keep the line short. */
function pathOf(node: ArgumentNode, name: Echo): string {
  const keys: string[] = [];
  for (let at: ArgumentNode | undefined = node; at?.parent !== undefined; at = at.parent) keys.unshift(name(at.key));
  if (keys.length === 0) return 'arguments';
  return (keys.length > 6 ? [...keys.slice(0, 3), '…', ...keys.slice(-2)] : keys).join('.');
}
