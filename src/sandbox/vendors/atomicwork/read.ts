import { type JsonRecord, type JsonValue, omit } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { referenceNames } from './people.ts';

/** Switches of this vendor's behaviour. */
export interface AtomicworkOptions {
  /** References are read as `{ id, name }` instead of a bare id. */
  objectRefs: boolean;
  /** Reads are wrapped into `{ data }`. */
  dataEnvelope: boolean;
}

const USERS = ['manager', 'hr'];
const ENTITIES = ['department', 'team', 'company_legal_entity', 'org_roles'];

/**
 * The record as the vendor shows it: without the password, references bare or, with `objectRefs`, as `{ id, name }`.
 * The vendor documents no response body at all, so a client has to handle both.
 */
export function readable(vendor: Vendor<AtomicworkOptions>, record: JsonRecord): JsonRecord {
  const shown = omit(record, ['password']);
  if (!vendor.options.objectRefs) return shown;
  for (const field of [...USERS, ...ENTITIES]) {
    const value = shown[field];
    if (value === undefined || value === null) continue;
    const name = USERS.includes(field) ? (id: JsonValue) => userName(vendor, id) : entityName;
    shown[field] = Array.isArray(value)
      ? value.map((id) => ({ id, name: name(id) }))
      : { id: value, name: name(value) };
  }
  return shown;
}

function userName(vendor: Vendor<AtomicworkOptions>, id: JsonValue): JsonValue {
  const user = vendor.users.get(String(id));
  return user ? `${user['first_name']} ${user['last_name']}` : null;
}

function entityName(id: JsonValue): JsonValue {
  return referenceNames[String(id)] ?? null;
}
