import { createApp } from '../../app.ts';
import { searchKeys } from '../../audit/email-key.ts';
import { readSettings, type Settings } from '../../config/load.ts';
import { UsageError } from '../../errors.ts';
import { isUnreadable } from '../../store/log/codec.ts';
import type { ListedChange, UserRef } from '../../store/log/entry.ts';
import { LOOKED_UP, type Store } from '../../store/store.ts';
import { type Replayed, replay } from '../../update/policy/replay.ts';
import type { Connection } from '../../update/types.ts';
import { parseSpan, toMinute } from '../changes/times.ts';
import type { Called } from '../definitions/command.ts';
import { print, write } from '../output.ts';
import { readPeopleCounts } from '../policy/replay-people.ts';
import {
  countsText,
  type Difference,
  newVerdict,
  type ReplayCounts,
  toReplayJson,
  toReplayTable,
} from '../policy/replay-text.ts';
import { wrap } from '../table.ts';

interface ReplayValues {
  since: string;
  until?: string;
  limit: string;
  config?: string;
  json?: boolean;
}

const PAGE = 500;

/** `policy replay`: recorded changes that would have met another verdict. In bounded memory, whatever their number. */
export async function run({ values }: Called<ReplayValues>): Promise<number> {
  if (values.config === undefined)
    throw new UsageError('--config: is missing; name the configuration whose rules are tried');
  const span = parseSpan(values.since, values.until);
  const tried = await readSettings(process.env, values.config);
  const app = createApp(process.env['UPDATE_USER_CONFIG'] === undefined ? tried : await readSettings(process.env));
  try {
    const { hmacs } = await app.seal();
    const known = new Map<string, string[]>();
    const keysOf = (address: string) => {
      const keys = known.get(address) ?? searchKeys(address, hmacs);
      known.set(address, keys);
      return keys;
    };
    const store = await app.store();
    const connectionOf = (entry: UserRef) => findConnection(tried, entry);
    const { rules } = tried.policy;
    const peopleOf = await readPeopleCounts({ store, rules, connectionOf, keysOf, since: span.since });
    const replayOne = (change: ListedChange) => {
      return replay(rules, connectionOf(change), change, { keysOf, people: peopleOf(change) });
    };
    const found = await replayAll(changesIn(store, span), replayOne, values);
    if (values.json) print(JSON.stringify({ counts: found.counts }));
    else printFound(found, span);
    return found.counts.unreadable > 0 ? 1 : 0;
  } finally {
    await app.shutdown();
  }
}

interface Found {
  shown: Record<'other' | 'unknown', Difference[]>;
  counts: ReplayCounts;
  /** How many changes each move has, such as `confirm → allow`. */
  moves: Map<string, number>;
}

async function replayAll(
  changes: AsyncIterable<ListedChange>,
  replayOne: (change: ListedChange) => Replayed | undefined,
  { json = false, limit }: ReplayValues,
): Promise<Found> {
  const found: Found = {
    shown: { other: [], unknown: [] },
    counts: { same: 0, other: 0, unknown: 0, not_judged: 0, unreadable: 0 },
    moves: new Map(),
  };
  for await (const change of changes) {
    if (change.outcome === LOOKED_UP) continue;
    const replayed = replayOne(change);
    const kind = isUnreadable(change) ? 'unreadable' : (replayed?.kind ?? 'not_judged');
    found.counts[kind]++;
    if (!replayed || (kind !== 'other' && kind !== 'unknown')) continue;
    const move = `${replayed.old.decision} → ${newVerdict(replayed)}`;
    if (kind === 'other') found.moves.set(move, (found.moves.get(move) ?? 0) + 1);
    if (!json && found.shown[kind].length < Number(limit)) found.shown[kind].push({ change, replayed });
    if (json && !(await write(`${JSON.stringify(toReplayJson({ change, replayed }))}\n`))) break;
  }
  return found;
}

/** By the connection of that name if there still is one, else by the provider alone. */
function findConnection(
  { connections, providers }: Settings,
  { connection: name, provider: id }: UserRef,
): Connection | undefined {
  const own = connections.find((one) => one.name === name && one.provider.id === id);
  const provider = own?.provider ?? providers.find((one) => one.id === id);
  return provider && { name, provider, settings: {} };
}

async function* changesIn(store: Store, { since, until }: ReturnType<typeof parseSpan>): AsyncGenerator<ListedChange> {
  for (let before: number | undefined; ; ) {
    const page = await store.list({
      limit: PAGE,
      ...(since !== undefined && { since }),
      ...(before !== undefined && { before }),
    });
    for (const change of page) if (until === undefined || change.at <= until) yield change;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    before = last.seq;
  }
}

function printFound({ shown, counts, moves }: Found, { since, until }: ReturnType<typeof parseSpan>): void {
  for (const [kind, title] of [
    ['other', 'Another verdict'],
    ['unknown', 'Cannot tell'],
  ] as const) {
    const differences = shown[kind];
    if (differences.length === 0) continue;
    const more = counts[kind] - differences.length;
    print(`${title}:\n${toReplayTable(differences)}${more > 0 ? `\n${more} more: --limit ${counts[kind]}` : ''}\n`);
  }
  const from = since === undefined ? '' : ` from ${toMinute(since)}`;
  const to = until === undefined ? '' : ` to ${toMinute(until)}`;
  const sentences = [...countsText(counts, moves), `Changes${from}${to} (UTC).`];
  for (const sentence of sentences) for (const line of wrap(sentence, 80)) print(line);
}
