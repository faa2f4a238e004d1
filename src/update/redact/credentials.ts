import type { Connection } from '../types.ts';

/**
 * Every text by which somebody could sign in as a connection: its credentials, and the headers made of them. A header
 * that only says which account is meant is none: scrubbing "acme" from every sentence helps nobody.
 */
export function credentialTexts({ provider, settings }: Connection): string[] {
  const isSecret = (key: string) => provider.credentials.includes(key);
  const open = Object.keys(settings).filter((key) => !isSecret(key));
  const plain = new Set(open.map((key) => settings[key]));
  const sent = Object.values(provider.auth(settings)).filter((value) => !plain.has(value));
  const named = provider.credentials.map((key) => settings[key]);
  return [...named, ...sent].filter((text) => typeof text === 'string');
}
