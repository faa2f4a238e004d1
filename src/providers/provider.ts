import type * as z from 'zod';
import type { Json, JsonObject } from '../lib/json/json-value.ts';

/** Who may see a value in clear; see "Redaction" in the README. */
export const SENSITIVITIES = ['public', 'personal', 'secret'] as const;
export type Sensitivity = (typeof SENSITIVITIES)[number];

/** What changing a field does to the person: `identity` is what they log in with, `access` what they may do. */
export const EFFECTS = ['ordinary', 'identity', 'access', 'lifecycle', 'secret'] as const;
export type Effect = (typeof EFFECTS)[number];

/**
 * How a field is emptied: left out of a replacing body, sent as `null`, or sent as `""`.
 * A field without it cannot be cleared.
 */
export type ClearBy = 'omit' | 'null' | 'empty';

/**
 * How two values are held against each other. `unordered`: lists may be in another order; `day`: a time behind the day
 * does not count; `id`: `5`, `"5"` and `{ id: 5 }` are one; `set`: list entries in any order, each as by `id`.
 */
export type Compare = 'exact' | 'unordered' | 'set' | 'instant' | 'day' | 'id';

/** One field of a vendor's write call. The first three keys have no default, so that forgetting one does not compile. */
export interface Field {
  /** What the vendor accepts. Never carries a default: a field nobody named is never sent. */
  schema: z.ZodType;
  sensitivity: Sensitivity;
  effect: Effect;
  clear?: ClearBy;
  compare?: Compare;
  /** `false` where the vendor never gives the value back. */
  readback?: false;
  /**
   * An object whose keys are changed one by one: what is read is merged with what is wanted and sent whole, since
   * the vendor replaces it, or may. `clear` then also takes `field.key`.
   */
  merge?: { keys?: readonly string[]; clear?: ClearBy };
  /** What a composite value consists of, by key; what is neither here nor in `merge.keys` is unknown, and secret. */
  parts?: Readonly<Record<string, Sensitivity>>;
  /** A second place where the vendor keeps the same value; both are written in step. */
  mirror?: readonly [container: string, key: string];
  /**
   * What this very change means for the user, by its direction ("This deletes their account"). Stands in place of the
   * general sentence for its effect; beside it where the effect is `identity`.
   */
  warn?(before: Json | undefined, after: Json | undefined): string | undefined;
}

/** Something that is wrong with a wanted change. `field` is the vendor's name. */
export interface FieldError {
  field: string;
  message: string;
}

/** A vendor's refusal, decoded. */
export interface DecodedError {
  kind?: ErrorKind;
  faults?: VendorFault[];
}

/** One thing a vendor says is wrong: where, by the keys that lead there, and the sentence about it and nothing else. */
export interface VendorFault {
  path?: readonly string[];
  /** The vendor's own words: foreign text, scrubbed before anyone sees it. */
  quote?: string;
}

/** The error codes that a vendor's answer can lead to. */
export const ERROR_KINDS = [
  'not_found',
  'credentials_rejected',
  'forbidden',
  'uniqueness_conflict',
  'rate_limited',
  'upstream_rejected',
  'upstream_unavailable',
  'record_changed',
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** One way of looking people up at a vendor. */
export interface Lookup {
  by: 'email' | 'name' | 'id' | 'username';
  /** Path and query behind the base URL. `page` counts from 0. The query is a person's words: encode it. */
  path(query: string, page: number, settings: ConnectionSettings): string;
  /** The records in an answer, `null` where it is empty; undefined for an answer of no shape we know. */
  list(body: Json): Json[] | undefined;
  /** How many pages are read at most, for vendors whose people can only be paged through and matched here. */
  scan?: { maxPages: number };
}

export type ConnectionSettings = Readonly<Record<string, unknown>>;

/**
 * Everything about one vendor. Code is handed the entry and never asks for its name; tool, schema, diff, body,
 * verification, contract test and the README's table are derived from it.
 */
export interface Provider<S extends z.ZodType = z.ZodType> {
  id: string;
  title: string;
  /** The vendor's page for the update call. */
  docs: string;
  /** What a connection needs. Every key may also come from the environment variable named in `env`. */
  settings: S;
  env: Readonly<Record<string, string>>;
  /** Keys of `settings` that are enough to connect; one list for each way to sign in, what most people use first. */
  signIn: readonly [readonly string[], ...(readonly string[])[]];
  /** Keys of `settings` whose values are credentials and are scrubbed from all text. */
  credentials: readonly string[];
  baseUrl(settings: z.output<S>): string;
  auth(settings: z.output<S>): Record<string, string>;

  /** The path id of a person. */
  userId: z.ZodType<string>;
  /** The tool's example: a realistic call. Also run by the contract test. */
  example: { user_id: string; set: Record<string, unknown> };
  /** One sentence for the model about this vendor's `user_id` or oddities. */
  hint: string;

  read: { path: string };
  write: {
    path: string;
    /** `replace`: what is not sent is emptied, so the record goes back whole. `merge`: only what is sent changes. */
    semantics: 'merge' | 'replace';
    /** On a replace: `fields` sends only declared fields, `record` also every unknown attribute that was read. */
    carry?: 'fields' | 'record';
    /** Attributes of a carried record that the vendor keeps itself and that are not sent back. */
    withhold?: readonly string[];
    /** The resource's own URN, where a carried record lists it and that of each extension in `schemas` (RFC 7643 section 3). */
    schema?: string;
    /**
     * Fields of a merge that are sent along as read, because the vendor writes this default for what is left out. Where
     * there is nothing to send along, whoever is asked is told of the default.
     */
    echo?: Readonly<Record<string, Json>>;
    /**
     * What a replacing vendor writes for a field that is not sent. Where the record does not show such a field, the
     * body cannot carry it, and the vendor would change it unasked: the request has to name it.
     */
    fillsIn?: Readonly<Record<string, Json>>;
  };
  /** Where the service itself says whether it honours `If-Match`; asked once, and only when a read shows an entity tag. */
  entityTags?: { path: string; supported: readonly string[] };
  /** Query parameters that shape the returned user only; mutually exclusive. */
  shape?: readonly [include: string, exclude: string];

  fields: Readonly<Record<string, Field>>;
  /** The vendor's names have no case (SCIM, RFC 7643 section 2.1): what is read is put in our spelling at once. */
  caseInsensitiveNames?: true;
  /** Attributes that can be read, never written. What is in neither list counts as secret for display. */
  readOnly: Readonly<Record<string, Sensitivity>>;
  /** Read-only attributes that move by themselves with every write. */
  volatile: readonly string[];
  /** Paths to what tells two states of a record apart; the first one present counts. */
  version?: readonly (readonly string[])[];
  /** Paths to the ids a record carries; one of them is the `user_id` it was asked for by. */
  ids: readonly string[];
  /** Paths whose values, joined by a space, name the person; the first complete one counts. */
  label: readonly (readonly string[])[];
  /** The person's e-mail addresses, for policy rules, and for telling namesakes apart. */
  emails(record: JsonObject): string[];
  /** Public fields that tell people of one name apart, the most telling first. */
  apart?: readonly string[];
  /** Whether the person can log in, in the vendor's word, where the record says so; shown by `find_user`. */
  status(record: JsonObject): string | undefined;
  /** What must hold of the record as it would be after the change, beyond each field's own schema. */
  rules?: readonly ((after: JsonObject, wanted: ReadonlySet<string>, before: JsonObject) => FieldError | undefined)[];

  find: readonly Lookup[];
  /** What `find_user` says when nothing was found, where the vendor cannot search by everything. `ofEmail`: of an e-mail. */
  findLimits?: { says: string; ofEmail?: string };

  /**
   * A read that shows whether the credential works, how its answer is told from whatever else answers 200 at that address,
   * and a sentence on what the credential may do, as far as reading tells.
   */
  probe: { path: string; isAnswer(body: Json): boolean; rights(body: Json): string };

  decodeError(status: number, body: Json | undefined): DecodedError;
  /** A sentence for a status whose documented meaning is wider than it looks. */
  statusHints?: Readonly<Record<number, string>>;
  /** Statuses that mean "slow down" besides 429, and headers besides Retry-After that say for how many seconds. */
  slowDown?: { statuses?: readonly number[]; headers?: readonly string[] };
}

/** A provider as its file writes it down: what is made of zod is made by a call. */
export type Definition<S extends z.ZodType> = Omit<Provider<S>, Made> & { [Key in Made]: () => Provider<S>[Key] };

type Made = 'settings' | 'userId' | 'fields';

/**
 * Defines a provider. Checks the literal against the type, and makes each schema with the first look at it: those of five
 * vendors are a tenth of every start, and most people connect one.
 */
export function defineProvider<S extends z.ZodType>(definition: Definition<S>): Provider<S> {
  const settings = lazily(definition.settings);
  const userId = lazily(definition.userId);
  const fields = lazily(definition.fields);
  return {
    ...definition,
    get settings() {
      return settings();
    },
    get userId() {
      return userId();
    },
    get fields() {
      return fields();
    },
  };
}

/** Makes an object once, when it is asked for. */
function lazily<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
