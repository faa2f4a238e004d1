import type { JsonRecord, JsonValue, VendorId } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import type { SoakField, SoakValues } from '../../../src/sandbox/samples.ts';
import { byVendor } from '../../../src/sandbox/vendors/index.ts';
import { testedProviders } from '../../support/vendors/registry.ts';
import { samples } from '../../support/vendors/samples.ts';
import type { Random } from './random.ts';

/**
 * The calls of a soak. A public or secret value carries the number of its call, a personal one that number modulo 25:
 * the guess budget allows 30 different values for a masked field in an hour.
 */

interface SoakedField extends SoakField {
  clearable: boolean;
  /** Set key by key. */
  merged: boolean;
  secret: boolean;
}

/** The marks of personal and of secret values. */
export const PERSONAL = /P3rs(\d+)x/gi;
export const SECRET = /S3cr-\d+-Xy/i;
export const markOf = (call: number) => call % 25;

/** The fields that a soak changes. All but their values comes from the provider's definition. */
export const FIELDS = byVendor((id) => {
  const provider = testedProviders.find((one) => one.id === id)?.provider;
  return samples[id].soak.map((field): SoakedField => {
    const definition = provider?.fields[field.name];
    return {
      ...field,
      clearable: definition?.clear !== undefined,
      merged: definition?.merge !== undefined && definition.merge.keys === undefined,
      secret: definition?.sensitivity === 'secret',
    };
  });
});

/** The values a field may take in a call. */
export function valuesOf(call: number, random: Random): SoakValues {
  return {
    plain: `Plain${call}x`,
    personal: `P3rs${markOf(call)}x`,
    secret: `S3cr-${call}-Xy!`,
    key: `key${call % 5}`,
    flag: () => random.hits(0.5),
    pick: (values) => random.pick(values),
  };
}

export const VENDORS = testedProviders.map(({ id }) => id);
const KEYS = ['jane', 'john', 'misaki', 'priya'] as const;

/** Policy: fields marked `free` are allowed, everything else is confirmed. */
export const RULES = [
  { name: 'secrets are confirmed', effect: 'secret', decision: 'confirm' },
  {
    name: 'what is free',
    field: VENDORS.flatMap((id) => FIELDS[id].filter(({ free }) => free).map(({ name }) => `${id}.${name}`)),
    decision: 'allow',
  },
];

/** The rule names that an entry may hold. */
export const RULE_NAMES = [...RULES.map(({ name }) => name), 'built-in'];

/** Whether a path names a leaf: a field, or one key of an object that is set key by key. */
export function isLeaf(vendor: VendorId, field: string): boolean {
  return field.includes('.') || !FIELDS[vendor].some(({ name, merged }) => merged && name === field);
}

/** Whether policy needs no yes for this field. */
export function isFree(vendor: VendorId, field: string): boolean {
  return FIELDS[vendor].some(({ name, free }) => free && name === field.split('.')[0]);
}

export interface PlannedCall {
  call: number;
  vendor: VendorId;
  user: string;
  tool: string;
  args: JsonRecord;
  set: JsonRecord;
  clear: string[];
  /** The change that is to be undone. */
  undoes?: string;
  merges: boolean;
  dry: boolean;
}

export const reasonOf = (call: number) => `call #${call}.`;
/** The call a reason belongs to. */
export const callOf = (text: string | undefined) => Number(/call #(\d+)\./.exec(text ?? '')?.[1] ?? Number.NaN);

export function planCall(call: number, random: Random): PlannedCall {
  const vendor = random.pick(VENDORS);
  const user = idOf(vendor, random.pick(KEYS));
  const fields = FIELDS[vendor].filter(() => random.hits(0.35));
  if (fields.length === 0) fields.push(random.pick(FIELDS[vendor]));
  const cleared = fields.filter(({ clearable }) => clearable && random.hits(0.3));
  const set = Object.fromEntries(
    fields.filter((field) => !cleared.includes(field)).map(({ name, value }) => [name, value(valuesOf(call, random))]),
  );
  const clear = cleared.map(({ name }) => name);
  const dry = random.hits(0.05);
  return {
    call,
    vendor,
    user,
    tool: `${vendor}_update_user`,
    args: {
      user_id: user,
      ...(Object.keys(set).length > 0 && { set }),
      ...(clear.length > 0 && { clear }),
      reason: reasonOf(call),
      ...(dry && { dry_run: true }),
    },
    set,
    clear,
    merges: fields.some(({ merged, secret: hidden }) => merged || hidden),
    dry,
  };
}
