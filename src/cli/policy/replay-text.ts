import type { ListedChange } from '../../store/log/entry.ts';
import type { Replayed } from '../../update/policy/replay.ts';
import { shortIds } from '../changes/ids.ts';
import { toMinute } from '../changes/times.ts';
import { terminalWidth, toTable, wrapAll } from '../table.ts';

/** A recorded change that other rules judge differently, or may. */
export interface Difference {
  change: ListedChange;
  replayed: Replayed;
}

export type ReplayCounts = Record<Replayed['kind'] | 'not_judged' | 'unreadable', number>;

/** A difference as an object for scripts. */
export function toReplayJson({ change, replayed }: Difference): object {
  const { kind, old, possible, dependsOn } = replayed;
  const [finding, ...others] = possible;
  const isKnown = finding !== undefined && others.every(({ decision }) => decision === finding.decision);
  return {
    change_id: change.changeId,
    at: change.at,
    outcome: change.outcome,
    provider: change.provider,
    connection: change.connection,
    user_id: change.userId,
    caller: change.body.caller,
    fields: fieldsOf(change),
    old: { verdict: old.decision, rule: old.rule },
    new: isKnown ? { verdict: finding.decision, rule: finding.rule } : { verdict: 'unknown', possible },
    differs: kind === 'other' ? true : 'unknown',
    ...(dependsOn.length > 0 && { depends_on: dependsOn }),
  };
}

/** Differences as a table for people: a line for each, and below it what changed and which rule decides. */
export function toReplayTable(differences: readonly Difference[]): string {
  const width = Math.min(terminalWidth(), WIDTH);
  const ids = shortIds(differences.map(({ change }) => change.changeId));
  const rows = differences.map(({ change, replayed }, at) => [
    toMinute(change.at),
    `${replayed.old.decision} → ${newVerdict(replayed)}`,
    change.connection,
    change.userId,
    ids[at] ?? change.changeId,
  ]);
  const head = ['WHEN (UTC)', 'VERDICT', 'WHERE', 'USER', 'CHANGE'];
  const [first = '', ...lines] = toTable(head, rows, { width, uncut: [0, 1, head.length - 1] }).split('\n');
  return [first, ...differences.flatMap((one, at) => [lines[at] ?? '', ...detailsOf(one, width)])].join('\n');
}

/** Sentences about all that was judged. */
export function countsText(counts: ReplayCounts, moves: ReadonlyMap<string, number>): string[] {
  const { same, other, unknown, not_judged: notJudged, unreadable } = counts;
  const told = [...moves].map(([move, count]) => `${move}: ${count}`).join(', ');
  return [
    `${plural(same + other + unknown, 'change')} judged: ${other} would have met another verdict${told === '' ? '' : ` (${told})`}, ${same} the same, ${unknown} cannot be told.`,
    ...(notJudged > 0 ? [`${plural(notJudged, 'call')} ended before policy was asked.`] : []),
    ...(unreadable > 0 ? [`${unreadable} cannot be read: altered in the database. See changes verify.`] : []),
  ];
}

export function newVerdict({ possible }: Replayed): string {
  return [...new Set(possible.map(({ decision }) => decision))].join(' or ') || 'unknown';
}

const WIDTH = 80;

function detailsOf({ change, replayed }: Difference, width: number): string[] {
  const { old, possible, dependsOn } = replayed;
  const rules = [...new Set(possible.map(({ rule }) => rule))].join(' or ');
  const part = (title: string, text: string) =>
    wrapAll(text, width - 8).map((line, at) => `  ${(at === 0 ? title : '').padEnd(6)}${line}`.trimEnd());
  return [
    ...part('what', fieldsOf(change).join(', ')),
    ...part('rule', `${rules || 'unknown'} (was ${old.rule})`),
    ...(dependsOn.length > 0 ? part('asks', `for what is masked or not recorded: ${dependsOn.join(', ')}`) : []),
  ];
}

function fieldsOf({ body }: ListedChange): string[] {
  return [...new Set([...body.fields.map(({ field }) => field), ...(body.stripped ?? [])])];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
