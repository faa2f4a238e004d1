import type { Json } from '../../lib/json/json-value.ts';
import type { RecordWrite } from '../calls.ts';

/** The fields that the vendor sets to a default when they are left out, with that default. */
export function echoDefaults({ echo = {} }: Pick<RecordWrite, 'echo'>): (readonly [field: string, value: Json])[] {
  return Object.entries(echo).flatMap(([field, { default: value }]) =>
    value === undefined ? [] : [[field, value] as const],
  );
}
