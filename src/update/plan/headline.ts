import { CONSEQUENCES, type Consequence } from '../../providers/effects.ts';
import { warningFor } from '../../providers/interpret/warning.ts';
import type { Headline } from '../redact/types.ts';
import type { FieldChange } from './types.ts';
import { directionsOf } from './warnings.ts';

/** The weightiest consequence of a plan and the fields that have it; undefined if all changes are ordinary. */
export function headlineOf(changes: readonly FieldChange[]): Headline | undefined {
  const found = changes.map((change) => ({ field: change.field, consequences: consequencesOf(change) }));
  const consequence = CONSEQUENCES.find((one) => found.some(({ consequences }) => consequences.includes(one)));
  if (consequence === undefined) return undefined;
  const fields = found.filter(({ consequences }) => consequences.includes(consequence)).map(({ field }) => field);
  return { consequence, fields };
}

function consequencesOf({ definition, leaves, before, after }: FieldChange): Consequence[] {
  const { effect } = definition;
  if (effect === 'ordinary') return [];
  const warning = warningFor(definition, before, after);
  if (warning?.headline) return [warning.headline];
  // Its own sentence says more than a direction can: a day to leave is no access that is given back.
  if (warning && (effect === 'lifecycle' || effect === 'access')) return [`${effect}_changes`];
  const directions = leaves.flatMap((leaf) => directionsOf(leaf));
  // Half of an exchange would hide the other half.
  const isExchange = directions.includes('gains') && directions.includes('loses');
  return isExchange ? [`${effect}_changes`] : directions.map((direction) => `${effect}_${direction}` as const);
}
