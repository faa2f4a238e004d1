import { quote } from '../../lib/text/quote.ts';
import { CONSEQUENCES, EFFECTS, type Effect } from '../../providers/effects.ts';
import type { PlanView } from '../redact/types.ts';
import { headlineParts } from './headline.ts';

/** What many changes come to: how many people at which provider, and the consequences for them. */

/** One of the people who are changed. */
export interface SummarizedPerson extends Pick<PlanView<'person'>, 'provider' | 'label' | 'changes' | 'headline'> {
  providerTitle: string;
}

/** How many people at a provider, and of how many of them something of each effect changes. */
export interface ProviderCount {
  title: string;
  people: number;
  effects: readonly { effect: Effect; people: number }[];
}

export const ALL_OR_NOTHING =
  'All or nothing: if one of them fails, those already made are put back; a yes covers that.';

/** `notUndone`: how many of its changes cannot be put back. */
export function undoesText(batchId: string, notUndone = 0): string {
  const but = notUndone > 0 ? `, but for ${notUndone} of its changes, which cannot be put back` : '';
  return `This undoes batch ${quote(batchId)}${but}`;
}

export function countByProvider(people: readonly SummarizedPerson[]): ProviderCount[] {
  const counts = new Map<string, { title: string; people: number; effects: Map<Effect, number> }>();
  for (const { provider, providerTitle, changes } of people) {
    const count = counts.get(provider) ?? { title: providerTitle, people: 0, effects: new Map<Effect, number>() };
    counts.set(provider, count);
    count.people += 1;
    for (const effect of new Set(changes.map((change) => change.effect))) {
      count.effects.set(effect, (count.effects.get(effect) ?? 0) + 1);
    }
  }
  return [...counts.values()].map(({ effects, ...count }) => ({
    ...count,
    effects: EFFECTS.flatMap((effect) => {
      const there = effects.get(effect);
      return there === undefined ? [] : [{ effect, people: there }];
    }),
  }));
}

/** The title, then `2 user records (ordinary 1, lifecycle 1)`. */
export function countText({ title, people, effects }: ProviderCount): string {
  return `${title}: ${peopleText(people)} (${effects.map((one) => `${one.effect} ${one.people}`).join(', ')})`;
}

export function peopleText(count: number): string {
  return count === 1 ? '1 user record' : `${count} user records`;
}

/** A consequence for the first of those who have it at a provider, and how many more there are. */
export interface SharedConsequence {
  /** Around the name of the first. */
  before: string;
  label: string;
  after: string;
  others: number;
}

/** The consequences that are a risk, at each provider; the weightiest first. */
export function sharedConsequences(people: readonly SummarizedPerson[]): SharedConsequence[] {
  const groups = new Map<string, SummarizedPerson[]>();
  for (const person of people) {
    if (!person.headline) continue;
    const key = `${person.headline.consequence} ${person.provider}`;
    const group = groups.get(key);
    if (group) group.push(person);
    else groups.set(key, [person]);
  }
  return CONSEQUENCES.flatMap((consequence) => {
    return [...groups.values()].flatMap((group) => {
      const [first] = group;
      if (first?.headline?.consequence !== consequence) return [];
      const [before, after] = headlineParts({ headline: first.headline, changes: [] }, first.providerTitle);
      return [{ before, label: first.label, after, others: group.length - 1 }];
    });
  });
}

/** `, and 2 more people` after a consequence; empty if there are none. */
export function othersText({ others }: SharedConsequence): string {
  return others === 0 ? '' : `, and ${others} more ${others === 1 ? 'person' : 'people'}`;
}
