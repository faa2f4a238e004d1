import type { JsonObject } from '../../lib/json/json-value.ts';
import { quoteStart } from '../../lib/text/quote.ts';

/** What to add to the text of a file: an entry of this name below the key of the servers. */
export interface Addition {
  servers: string;
  name: string;
  entry: JsonObject;
  /** Other members of a file that is created, or was empty. */
  newFile?: JsonObject;
}

/** The outcome of adding an entry to a text. Nothing but the added lines differs. */
export type Edit =
  | { kind: 'added'; text: string; lines: readonly string[] }
  /** The entry is there already. */
  | { kind: 'unchanged' }
  /** Another entry has the name. `runs`: its command or the host of its address, and nothing else of it. */
  | { kind: 'occupied'; runs: string | undefined };

/** Why a text cannot be edited. Contains no part of the text. */
export class EditError extends Error {
  override readonly name = 'EditError';
}

/** What an entry runs. Arguments, variables and the rest of an address may be secrets. */
export function whatRuns(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const value = (key: string): unknown => Reflect.get(entry, key);
  const command = [value('command')].flat()[0];
  if (typeof command === 'string') return `the command ${quoteStart(command)}`;
  const url = [value('url'), value('httpUrl'), value('serverUrl')].find((one) => typeof one === 'string');
  return url !== undefined && URL.canParse(url) ? `the address at ${new URL(url).host}` : undefined;
}

/** The line end that most lines of a text have. */
export function lineEndOf(text: string): string {
  const all = text.split('\n').length - 1;
  const windows = text.split('\r\n').length - 1;
  return windows * 2 > all ? '\r\n' : '\n';
}
