import { isObject, type JsonRecord, type JsonValue } from '../../json.ts';

type UserTest = (user: JsonRecord) => boolean;

/** Properties that `filter` takes, all by `eq`. */
const FILTERED = ['status', 'id', 'lastUpdated'].concat(
  ['login', 'email', 'firstName', 'lastName'].map((name) => `profile.${name}`),
);
/** Properties for which `search` takes `co`. */
const CONTAINED = ['profile.firstName', 'profile.lastName', 'profile.email', 'profile.login'];
const TOP = ['id', 'status', 'created', 'activated', 'statusChanged', 'lastUpdated', 'type.id'];

const TERM = /^\s*(?<path>[\w.]+)\s+(?<operator>\w+)\s+(?<value>"(?:[^"\\]|\\.)*"|true|false|-?\d+)\s*/i;

/**
 * `search`: most properties by `eq` and `sw`, some by `co`; values ignore case. `filter`: a few properties by `eq`;
 * values keep their case. Terms are joined by `and`, which binds first, and `or`. Undefined for anything else.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/#tag/User/operation/listUsers
 */
export function parseExpression(kind: 'search' | 'filter', text: string): UserTest | undefined {
  const groups: UserTest[][] = [[]];
  let rest = text;
  for (;;) {
    const term = TERM.exec(rest);
    const test = term?.groups && toTest(kind, term.groups);
    if (!term || !test) return undefined;
    groups.at(-1)?.push(test);
    rest = rest.slice(term[0].length);
    if (rest === '') break;
    const joint = /^(and|or)\s/i.exec(rest);
    if (!joint) return undefined;
    if (joint[1]?.toLowerCase() === 'or') groups.push([]);
    rest = rest.slice(joint[0].length);
  }
  return (user) => groups.some((tests) => tests.every((test) => test(user)));
}

function toTest(kind: 'search' | 'filter', term: Record<string, string>): UserTest | undefined {
  const { path = '', operator = '', value = '' } = term;
  const compare = operator.toLowerCase();
  const known = TOP.includes(path) || path.startsWith('profile.');
  if (kind === 'filter' ? !FILTERED.includes(path) || compare !== 'eq' : !known) return undefined;
  if (compare === 'co' ? !CONTAINED.includes(path) : compare !== 'eq' && compare !== 'sw') return undefined;
  const sought = unquote(value);
  if (sought === undefined) return undefined;
  const fold = (text: string) => (kind === 'search' ? text.toLowerCase() : text);
  const target = fold(sought);
  const holds = (held: JsonValue): boolean => {
    if (Array.isArray(held)) return held.some(holds);
    const text = fold(String(held));
    if (compare === 'sw') return text.startsWith(target);
    return compare === 'co' ? text.includes(target) : text === target;
  };
  return (user) => {
    const held = valueAt(user, path.split('.'));
    return held !== undefined && held !== null && holds(held);
  };
}

function unquote(text: string): string | undefined {
  try {
    return String(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function valueAt(record: JsonRecord, path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((held, key) => (isObject(held) ? held[key] : undefined), record);
}
