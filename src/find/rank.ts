import { isObject, type Json, type JsonObject } from '../lib/json/json-value.ts';
import { emailsOf, statusOf } from '../providers/interpret/person.ts';
import type { Provider } from '../providers/provider.ts';
import { labelOf } from '../update/plan/label.ts';
import { mask } from '../update/redact/mask.ts';
import type { Connection } from '../update/types.ts';
import { scoreOf } from './match.ts';
import { differencesOf } from './namesakes.ts';

/** One user at one connection, with what an update tool needs. The e-mail address is masked. */
export interface FoundUser {
  provider: string;
  connection: string;
  user_id: string;
  label?: string;
  email?: string;
  status?: string;
  /** For users with the same name: public fields that distinguish them. */
  differs?: Record<string, Json>;
}

export interface RankedUser {
  user: FoundUser;
  score: number;
}

/** The users among these records that match the query, each once. */
export function rankUsers(connection: Connection, query: string, records: readonly JsonObject[]): RankedUser[] {
  const { provider } = connection;
  const matches = new Map<string, MatchingRecord>();
  for (const record of records) {
    const id = provider.ids.map((key) => record[key]).find((value) => value !== undefined && value !== null);
    const score = scoreOf(provider, record, query);
    if (id === undefined || isObject(id) || score === 0) continue;
    matches.set(String(id), { user: toFoundUser(connection, String(id), record), score, record });
  }
  return withDifferences(provider, [...matches.values()]);
}

interface MatchingRecord extends RankedUser {
  record: JsonObject;
}

/** Adds distinguishing fields to users with the same name. */
function withDifferences(provider: Provider, matches: readonly MatchingRecord[]): RankedUser[] {
  const byName = new Map<string, MatchingRecord[]>();
  for (const match of matches) {
    const name = match.user.label?.normalize('NFKC').toLowerCase() ?? '';
    const namesakes = byName.get(name) ?? [];
    byName.set(name, namesakes);
    namesakes.push(match);
  }
  const differences = new Map(
    [...byName.values()]
      .filter((namesakes) => namesakes.length > 1)
      .flatMap((namesakes) => {
        const records = namesakes.map(({ record }) => record);
        return differencesOf(provider, records).map((differs, at) => [namesakes[at]?.user, differs] as const);
      }),
  );
  return matches.map(({ user, score }) => {
    const differs = differences.get(user) ?? {};
    return { user: Object.keys(differs).length > 0 ? { ...user, differs } : user, score };
  });
}

function toFoundUser({ provider, name }: Connection, id: string, record: JsonObject): FoundUser {
  const label = labelOf(provider, record);
  const [email] = emailsOf(provider, record);
  const status = statusOf(provider, record);
  return {
    provider: provider.id,
    connection: name,
    user_id: id,
    ...(label !== undefined && { label }),
    ...(email !== undefined && { email: String(mask(email)) }),
    ...(status !== undefined && { status }),
  };
}
