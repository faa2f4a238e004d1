import type { JsonRecord, JsonValue, VendorId } from '../../../src/sandbox/index.ts';
import type { MarkedFields } from '../../../src/sandbox/samples.ts';
import { presetVendors, vendors } from '../../../src/sandbox/vendors/index.ts';
import { putAt, valueAt } from './placed.ts';
import { samples } from './samples.ts';

/** Each class of values has its own mark; some encoding changes every special character in it. */
export const SECRET = `S3cr+t/"<é&'`;
export const OLD = `0ld+pers/"<é&'`;
export const NEW = `N3w+pers/"<é&'`;
export const STRANGE = `Unkn0wn+x/"<é&'`;
export const FOREIGN = `F0reign+y/"<é&'`;
/** Parts of a reason that are masked by shape: an e-mail, a day of birth, a telephone number, a token. */
export const SHAPED = [
  'private.mark@shape.example',
  '1912-02-29',
  '+49 151 9988776',
  'tok-Sh4pe5-0123456789-abcdef',
] as const;

/** The fields of a vendor that tests put marks into, and where its records have them. */
export interface MarkedVendor extends MarkedFields {
  /** The method of the update call. */
  method: string;
  /** Keys from the outside in. */
  place(field: string): string[];
  put(record: JsonRecord, field: string, value: JsonValue): void;
  held(record: JsonRecord | undefined, field: string): JsonValue | undefined;
}

const toMarked = ({ id }: { id: VendorId }): [VendorId, MarkedVendor] => {
  const { marked, method = 'PUT', place } = samples[id];
  const placeOf = (field: string) => [...(place?.(field) ?? [field])];
  return [
    id,
    {
      ...marked,
      method,
      place: placeOf,
      put: (record, field, value) => putAt(record, placeOf(field), value),
      held: (record, field) => (record === undefined ? undefined : valueAt(record, placeOf(field))),
    },
  ];
};

/** Of every vendor with a built-in provider; and of those whose provider is a preset. */
export const FIXTURES = vendors.map(toMarked);
export const PRESET_FIXTURES = presetVendors.map(toMarked);

/** Values of every credential in use, in every form in which it is sent. */
export const CREDENTIALS: readonly string[] = [...FIXTURES, ...PRESET_FIXTURES].flatMap(([, { keys }]) => keys);
