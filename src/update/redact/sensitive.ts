import { isExact, isObject, type Json, type JsonObject } from '../../lib/json/json-value.ts';
import { headersOf } from '../../providers/interpret/address.ts';
import { basicOf, tokenClientOf } from '../../providers/interpret/token-client.ts';
import { fieldOf, type Provider } from '../../providers/provider.ts';
import { referenceDetails } from '../plan/references.ts';
import type { Connection } from '../types.ts';
import { knownParts, mirroredIn, sensitivityOf, unknownParts } from './sensitivity.ts';

/** Values that must not appear in free text; `scrub.ts` removes them. */

/** Every text and number in a value. */
export function sensitiveTexts(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || isExact(value)) return [String(value)];
  if (Array.isArray(value)) return value.flatMap(sensitiveTexts);
  return isObject(value) ? Object.values(value).flatMap(sensitiveTexts) : [];
}

/** The personal and secret values of a user record, including those of undeclared attributes. */
export function sensitiveValues(provider: Provider, record: JsonObject): string[] {
  return Object.entries(record).flatMap(([name, value]) => {
    const mirrored = mirroredIn(provider, name);
    if (mirrored.size === 0 || !isObject(value)) {
      const field = fieldOf(provider, name);
      if (sensitivityOf(provider, name) !== 'public') return sensitiveTexts(value);
      return [...referenceDetails(value, field), ...unknownParts(value, knownParts(field))].flatMap(sensitiveTexts);
    }
    return Object.entries(value).flatMap(([key, member]) => {
      const field = mirrored.get(key);
      const hidden = field?.sensitivity === 'public' ? unknownParts(member, knownParts(field)) : [member];
      return hidden.flatMap(sensitiveTexts);
    });
  });
}

/**
 * Every text that authenticates a connection: its credentials, the headers made of them, and the access tokens fetched
 * for it. A header that only names the account is not one of them: scrubbing "acme" from every sentence would not help.
 */
export function credentialTexts({ provider, settings }: Connection, fetched: readonly string[] = []): string[] {
  const isSecret = (key: string) => provider.credentials.includes(key);
  const open = Object.keys(settings).filter((key) => !isSecret(key));
  const plain = new Set(open.map((key) => settings[key]));
  const sent = Object.values(headersOf(provider, settings)).filter((value) => !plain.has(value));
  const named = provider.credentials.map((key) => settings[key]);
  const client = tokenClientOf(provider, settings);
  const bearers = fetched.map((token) => `Bearer ${token}`);
  return [...named, ...sent, ...(client ? [basicOf(client)] : []), ...fetched, ...bearers].filter(
    (text) => typeof text === 'string',
  );
}
