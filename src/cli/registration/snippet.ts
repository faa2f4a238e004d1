import { stringify } from 'smol-toml';
import type { JsonObject } from '../../lib/json/json-value.ts';
import type { Client } from '../clients/client.ts';

/** An entry as a client’s file has it, to be put there by hand. */
export function toSnippet({ syntax, servers }: Client, name: string, entry: JsonObject): string {
  const file = { [servers]: { [name]: entry } };
  return syntax.format === 'toml' ? stringify(file).trim() : JSON.stringify(file, null, 2);
}
