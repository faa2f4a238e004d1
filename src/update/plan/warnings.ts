import { formatPath } from '../../lib/json/field-path.ts';
import type { Json } from '../../lib/json/json-value.ts';
import { quote } from '../../lib/text/quote.ts';
import type { Effect, Provider } from '../../providers/provider.ts';
import { isEmpty } from './compare.ts';
import type { FieldChange, LeafChange } from './types.ts';

/**
 * What a person has to know of a plan before agreeing: the consequence of each change to how a user signs in, what
 * they may do or whether they have access at all, by its direction, and what the vendor may do besides. The one list
 * that questions, pages, previews and pending approvals show.
 */
export function warningsOf(
  provider: Provider,
  changes: readonly FieldChange[],
  sideEffects: readonly LeafChange[],
): string[] {
  const consequences = changes.flatMap((change) => consequencesOf(provider, change));
  return [...new Set([...consequences, ...sideEffects.map((leaf) => sideEffectWarning(provider, leaf))])];
}

function consequencesOf({ title }: Provider, { definition, leaves, before, after }: FieldChange): string[] {
  const { effect, warn } = definition;
  const own = warn?.(before, after);
  const general = CONSEQUENCES[effect];
  const isSaid = own !== undefined && (effect === 'lifecycle' || effect === 'access');
  const said = isSaid || !general ? [] : leaves.flatMap((leaf) => directionsOf(leaf).map((way) => general[way](title)));
  return [...said, ...(own === undefined ? [] : [own])].map(sentence);
}

type Direction = 'gains' | 'loses' | 'changes';

/** What a change means for the user, by effect and direction. `ordinary` needs no words. */
const CONSEQUENCES: Partial<Record<Effect, Record<Direction, (title: string) => string>>> = {
  identity: {
    gains: (title) => `This gives them something new to sign in to ${title} with`,
    loses: (title) => `This takes away something they sign in to ${title} with`,
    changes: (title) => `This changes what they sign in to ${title} with`,
  },
  access: {
    gains: (title) => `This gives them access or rights at ${title}`,
    loses: (title) => `This takes access or rights at ${title} away from them`,
    changes: (title) => `This changes their access or rights at ${title}`,
  },
  lifecycle: {
    gains: (title) => `This gives them access to ${title} back`,
    loses: (title) => `This takes their access to ${title} away`,
    changes: (title) => `This changes whether they have access to ${title}`,
  },
  secret: {
    gains: (title) => `This sets a new secret at ${title}`,
    loses: (title) => `This removes a secret at ${title}`,
    changes: (title) => `This sets a new secret at ${title}`,
  },
};

function directionsOf({ before, after, list, asked }: LeafChange): Direction[] {
  if (asked) return ['changes'];
  if (list) {
    const directions: Direction[] = [];
    if (list.removed.length > 0) directions.push('loses');
    if (list.added.length > 0) directions.push('gains');
    return directions.length > 0 ? directions : ['changes'];
  }
  return [isNothing(after) ? 'loses' : isNothing(before) ? 'gains' : 'changes'];
}

/** A switch that is off gives nothing. */
function isNothing(value: Json | undefined): boolean {
  return value === false || isEmpty(value);
}

function sideEffectWarning({ title }: Provider, { path, after }: LeafChange): string {
  const field = formatPath(path);
  return `${field} is empty or not shown, so it cannot be sent along as it is; ${title} may set it to its default, ${quote(after)}.`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
