import type { JsonRecord } from '../../json.ts';
import { badRequest } from './errors.ts';

type GraphCondition = (user: JsonRecord) => boolean;

/** https://learn.microsoft.com/en-us/graph/api/resources/user#properties */
const FILTERABLE = [
  ...['id', 'accountEnabled', 'displayName', 'givenName', 'surname', 'mail', 'mailNickname', 'userPrincipalName'],
  ...['employeeId', 'jobTitle', 'department', 'city', 'country'],
];

const LITERAL = "'(?:[^']|'')*'";
const CONDITION = new RegExp(
  `^(?:(startswith|endswith)\\(\\s*(\\w+)\\s*,\\s*(${LITERAL})\\s*\\)|(\\w+)\\s+(eq|ne)\\s+(${LITERAL}|true|false|null))`,
  'i',
);

/**
 * The part of `$filter` that the documents show for users: `eq`, `startsWith`, `and`, `or`; and `ne`, `endsWith` as
 * advanced queries. In a literal a quote is doubled: https://learn.microsoft.com/en-us/graph/query-parameters
 */
export function parseFilter(text: string, isAdvanced: boolean): GraphCondition {
  const alternatives: GraphCondition[][] = [[]];
  let rest = text.trim();
  for (;;) {
    const match = CONDITION.exec(rest);
    if (!match) badRequest('Invalid filter clause', 'BadRequest');
    alternatives.at(-1)?.push(toUserTest(match, isAdvanced));
    rest = rest.slice(match[0].length).trim();
    if (rest === '') return (user) => alternatives.some((all) => all.every((holds) => holds(user)));
    const [whole, operator] = /^(and|or)\s+/i.exec(rest) ?? badRequest('Invalid filter clause', 'BadRequest');
    if (operator?.toLowerCase() === 'or') alternatives.push([]);
    rest = rest.slice(whole.length);
  }
}

/** `$search="property:value"`, only as an advanced query: every word of the property is compared by its start. */
export function parseSearch(text: string): GraphCondition {
  const [, property = '', value = ''] =
    /^"(displayName|givenName|surname|mail|userPrincipalName):([^"]*)"$/.exec(text) ??
    badRequest('Invalid $search clause', 'BadRequest');
  const sought = value.toLowerCase().split(/\s+/).filter(Boolean);
  return (user) => {
    const words = String(user[property] ?? '')
      .toLowerCase()
      .split(/[\s.@]+/);
    return sought.length > 0 && sought.every((start) => words.some((word) => word.startsWith(start)));
  };
}

function toUserTest(match: RegExpExecArray, isAdvanced: boolean): GraphCondition {
  const [, call, callProperty, callLiteral, property, operator, literal] = match;
  const name = callProperty ?? property ?? '';
  const kind = (call ?? operator ?? '').toLowerCase();
  const isAdvancedKind = kind === 'endswith' || kind === 'ne';
  if (!FILTERABLE.includes(name) || (isAdvancedKind && !isAdvanced)) {
    const text = `Unsupported or invalid query filter clause specified for property '${name}' of resource 'User'.`;
    badRequest(text, 'Request_UnsupportedQuery');
  }
  const sought = toValue(callLiteral ?? literal ?? '');
  return (user) => {
    const value = comparable(user[name] ?? null);
    if (kind === 'startswith') return typeof value === 'string' && value.startsWith(String(sought));
    if (kind === 'endswith') return typeof value === 'string' && value.endsWith(String(sought));
    return (value === sought) === (kind === 'eq');
  };
}

function toValue(literal: string): unknown {
  if (literal.startsWith("'")) return literal.slice(1, -1).replaceAll("''", "'").toLowerCase();
  return literal.toLowerCase() === 'null' ? null : literal.toLowerCase() === 'true';
}

/** The directory compares texts without case. */
function comparable(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}
