import { isObject, type JsonRecord, type JsonValue } from '../../../json.ts';
import { ENTERPRISE, EXTENSIONS } from '../schemas.ts';
import type { ServiceRules } from './dialect.ts';

const ALWAYS = ['schemas', 'id', 'meta', 'groups'];

/** Whether a service takes this attribute, or a part of it. */
export function isSupported({ writable }: ServiceRules, path: string): boolean {
  return !writable || writable.some((own) => own === path || own.startsWith(`${path}.`));
}

/** What a service shows of a user: the attributes it supports, and what every resource has. */
export function supportedIn(user: JsonRecord, dialect: ServiceRules): JsonRecord {
  if (!dialect.writable) return user;
  const shown = Object.entries(user).flatMap(([name, value]): [string, JsonValue][] => {
    if (ALWAYS.includes(name)) return [[name, value]];
    const path = name === ENTERPRISE ? 'enterprise' : EXTENSIONS.includes(name) ? '' : name;
    return path !== '' && isSupported(dialect, path) ? [[name, within(value, path, dialect)]] : [];
  });
  return Object.fromEntries(shown);
}

function within(value: JsonValue, path: string, dialect: ServiceRules): JsonValue {
  if (Array.isArray(value)) return value.map((entry) => within(entry, path, dialect));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => isSupported(dialect, `${path}.${key}`));
  return Object.fromEntries(kept.map(([key, inner]) => [key, within(inner, `${path}.${key}`, dialect)]));
}
