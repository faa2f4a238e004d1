import type { JsonRecord, JsonValue, VendorId } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import type { Chance } from './random.ts';

/**
 * What is asked for in a soak. A public or a secret value carries the number of the call that brought it, a personal one
 * that number modulo 25: 30 differing values for a masked field are an hour's budget.
 */

interface WishField {
  name: string;
  value(call: number, chance: Chance): JsonValue;
  clearable?: true;
  /** Policy allows it without a question. */
  free?: true;
  /** Set key by key. */
  merged?: true;
  secret?: true;
}

/** Marks of the values in which they stand: personal ones and secret ones. */
export const PERSONAL = /P3rs(\d+)x/gi;
export const SECRET = /S3cr-\d+-Xy/i;
export const markOf = (call: number) => call % 25;
const plain = (call: number) => `Plain${call}x`;
const personal = (call: number) => `P3rs${markOf(call)}x`;
const secret = (call: number) => `S3cr-${call}-Xy!`;

export const FIELDS: Readonly<Record<VendorId, readonly WishField[]>> = {
  atomicwork: [
    { name: 'level', value: plain, free: true },
    { name: 'title', value: plain },
    { name: 'city', value: personal },
    { name: 'address', value: personal },
    { name: 'employment_status', value: plain },
    { name: 'password', value: secret, secret: true },
    { name: 'custom_fields', value: (call) => ({ [`key${call % 5}`]: personal(call) }), merged: true },
  ],
  awork: [
    { name: 'position', value: plain, free: true, clearable: true },
    { name: 'title', value: personal, clearable: true },
    { name: 'gender', value: personal, clearable: true },
    { name: 'language', value: plain, clearable: true },
  ],
  atlassian: [
    { name: 'preferredLanguage', value: plain, free: true, clearable: true },
    { name: 'title', value: plain, clearable: true },
    { name: 'nickName', value: personal, clearable: true },
    { name: 'externalId', value: personal, clearable: true },
    { name: 'active', value: (_, chance) => chance.hits(0.5) },
  ],
  dayzero: [
    { name: 'props', value: (call) => ({ [`key${call % 5}`]: personal(call) }), free: true, merged: true },
    { name: 'photo_url', value: (call) => `https://photos.example/${personal(call)}` },
    { name: 'onboarded', value: (_, chance) => chance.hits(0.5) },
  ],
  mediasilo: [
    { name: 'company', value: plain },
    { name: 'phone', value: personal },
    { name: 'mobile', value: personal },
    { name: 'status', value: (_, chance) => chance.pick(['ACTIVE', 'LOCKED']) },
    { name: 'password', value: secret, secret: true },
  ],
};

export const VENDORS = Object.keys(FIELDS) as VendorId[];
const KEYS = ['jane', 'john', 'misaki', 'priya'] as const;

/** The rules a soak runs under: what `free` says, and a yes for everything else. */
export const RULES = [
  { name: 'secrets are confirmed', effect: 'secret', decision: 'confirm' },
  {
    name: 'what is free',
    field: VENDORS.flatMap((id) => FIELDS[id].filter(({ free }) => free).map(({ name }) => `${id}.${name}`)),
    decision: 'allow',
  },
];

/** What an entry may say of the rule that decided. */
export const RULE_NAMES = [...RULES.map(({ name }) => name), 'built-in'];

/** Whether this is a leaf: of an object that is set key by key, one key. */
export function isLeaf(vendor: VendorId, field: string): boolean {
  return field.includes('.') || !FIELDS[vendor].some(({ name, merged }) => merged && name === field);
}

/** Whether policy needs no yes for this field. */
export function isFree(vendor: VendorId, field: string): boolean {
  return FIELDS[vendor].some(({ name, free }) => free && name === field.split('.')[0]);
}

export interface Wish {
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

export function wishFor(call: number, chance: Chance): Wish {
  const vendor = chance.pick(VENDORS);
  const user = idOf(vendor, chance.pick(KEYS));
  const fields = FIELDS[vendor].filter(() => chance.hits(0.35));
  if (fields.length === 0) fields.push(chance.pick(FIELDS[vendor]));
  const cleared = fields.filter(({ clearable }) => clearable && chance.hits(0.3));
  const set = Object.fromEntries(
    fields.filter((field) => !cleared.includes(field)).map(({ name, value }) => [name, value(call, chance)]),
  );
  const clear = cleared.map(({ name }) => name);
  const dry = chance.hits(0.05);
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
