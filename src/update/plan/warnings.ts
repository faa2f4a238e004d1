import { formatPath } from '../../lib/json/field-path.ts';
import type { Json, JsonObject } from '../../lib/json/json-value.ts';
import { quote } from '../../lib/text/quote.ts';
import type { Direction, Effect } from '../../providers/effects.ts';
import { echoDefaults } from '../../providers/interpret/echo.ts';
import { warningFor } from '../../providers/interpret/warning.ts';
import type { Provider } from '../../providers/provider.ts';
import { isEmpty } from './compare.ts';
import type { FieldChange, LeafChange } from './types.ts';

/**
 * The warnings about a plan before a person agrees: the consequences of changes to sign-in, rights or access, and the
 * side effects. Questions, pages, previews and pending approvals all show this list.
 */
export function warningsOf(
  provider: Provider,
  changes: readonly FieldChange[],
  sideEffects: readonly LeafChange[],
): string[] {
  const consequences = changes.flatMap((change) => consequencesOf(provider, change));
  const unread = changes.flatMap((change) => unreadWarning(provider, change));
  return [...new Set([...consequences, ...unread, ...sideEffects.map((leaf) => sideEffectWarning(provider, leaf))])];
}

/**
 * Fields that a vendor with partial updates may write by itself: its documents give a default for an omitted field, and
 * the user record has no value that could be sent along. Not part of the body, but subject to policy and shown to the
 * person.
 */
export function sideEffectsOf(provider: Provider, record: JsonObject, body: JsonObject): LeafChange[] {
  return echoDefaults(provider.write).flatMap(([field, value]): LeafChange[] => {
    const definition = Object.hasOwn(body, field) ? undefined : provider.fields[field];
    if (!definition) return [];
    const { effect, sensitivity } = definition;
    const before = record[field];
    return [{ path: [field], definition, effect, sensitivity, before, after: value, exact: false, possible: true }];
  });
}

function consequencesOf({ title }: Provider, { definition, leaves, before, after }: FieldChange): string[] {
  const { effect } = definition;
  const own = warningFor(definition, before, after)?.says;
  const general = CONSEQUENCES[effect];
  const ownSuffices = own !== undefined && (effect === 'lifecycle' || effect === 'access');
  const inGeneral =
    ownSuffices || !general ? [] : leaves.flatMap((leaf) => directionsOf(leaf).map((way) => general[way](title)));
  return [...inGeneral, ...(own === undefined ? [] : [own])].map(sentence);
}

/** How a change affects the user, by effect and direction. An `ordinary` change needs no warning. */
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

/** What becomes of what the user has with this leaf. */
export function directionsOf({ before, after, list, asked }: LeafChange): Direction[] {
  if (asked) return ['changes'];
  if (list) {
    const directions: Direction[] = [];
    if (list.removed.length > 0) directions.push('loses');
    if (list.added.length > 0) directions.push('gains');
    return directions.length > 0 ? directions : ['changes'];
  }
  return [isNothing(after) ? 'loses' : isNothing(before) ? 'gains' : 'changes'];
}

/** `false` counts as nothing: a switch that is off grants nothing. */
function isNothing(value: Json | undefined): boolean {
  return value === false || isEmpty(value);
}

/** A value that the vendor never shows looks like an empty one. That a secret is not shown is no news. */
function unreadWarning({ title }: Provider, { field, definition }: FieldChange): string[] {
  if (definition.readback !== false || definition.sensitivity === 'secret') return [];
  return [`${title} does not show ${field}: what it is now is not known, and cannot be put back.`];
}

function sideEffectWarning({ title }: Provider, { path, after }: LeafChange): string {
  const field = formatPath(path);
  return `${field} is empty or not shown, so it cannot be sent along as it is; ${title} may set it to its default, ${quote(after)}.`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
