import type * as z from 'zod';
import type { Json, JsonObject } from '../lib/json/json-value.ts';
import type { Consequence, Effect } from './effects.ts';

export { type Consequence, type Direction, EFFECTS, type Effect } from './effects.ts';

/** Who may see a value in the clear: docs/operating.md, "Redaction". */
export const SENSITIVITIES = ['public', 'personal', 'secret'] as const;
export type Sensitivity = (typeof SENSITIVITIES)[number];

/** How a field is emptied: left out of a replacing body, sent as `null`, or sent as `""`. */
export type ClearBy = 'omit' | 'null' | 'empty';

/**
 * How two values are compared. `unordered`: the order of a list does not count; `day`: a time after the day does not
 * count; `id`: `5`, `"5"` and `{ id: 5 }` are equal; `set`: list entries in any order, each compared as by `id`.
 */
export type Compare = 'exact' | 'unordered' | 'set' | 'instant' | 'day' | 'id';

/** One field of a vendor's update call. The first three keys have no default: a field without one does not compile. */
export interface Field {
  /** The values the vendor accepts. Has no default: a field that the call does not name is never sent. */
  schema: z.ZodType;
  sensitivity: Sensitivity;
  effect: Effect;
  /** A field without it cannot be cleared. */
  clear?: ClearBy;
  /** `exact` when left out. */
  compare?: Compare;
  /** The value is the id of something else: a user, whose name is shown to people, or what no documented read names. */
  refers?: 'user' | 'other';
  /** `false` if the vendor never shows the value. */
  readback?: false;
  /**
   * An object whose keys are changed one by one: the value read is merged with the requested keys and sent whole,
   * because the vendor replaces it, or may. `clear` then also takes `field.key`. Without `keys` any key is allowed.
   */
  merge?: { keys?: readonly string[]; clear?: ClearBy };
  /** The keys of a composite value. A key that is neither here nor in `merge.keys` is unknown, and so secret. */
  parts?: Readonly<Record<string, Sensitivity>>;
  /** A second place where the vendor keeps the same value; both are written together. */
  mirror?: readonly [container: string, key: string];
  /**
   * How this change affects the person, by its direction ("This deletes their account"). Replaces the general sentence
   * for the effect; for `identity` it is added to it.
   */
  warn?(before: Json | undefined, after: Json | undefined): string | undefined;
  /** The same for the headline. Without it a field of `lifecycle` or `access` with a `warn` counts as `changes`. */
  headline?(before: Json | undefined, after: Json | undefined): Consequence;
}

/** Something that is wrong with a requested change. `field` is the vendor's name. */
export interface FieldError {
  field: string;
  message: string;
}

/** A vendor's error response, decoded. */
export interface DecodedError {
  kind?: ErrorKind;
  faults?: VendorFault[];
}

/** One thing a vendor says is wrong: the path to it, and the sentence about it. */
export interface VendorFault {
  path?: readonly string[];
  /** The vendor's own words: foreign text, scrubbed before anyone sees it. */
  quote?: string;
}

/** The error codes that a vendor's response can lead to. */
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

/** One way to look people up at a vendor. */
export interface Lookup {
  by: 'email' | 'name' | 'id' | 'username';
  /** Path and query, relative to the base URL. `page` counts from 0. `query` is foreign text: encode it. */
  path(query: string, page: number, settings: ConnectionSettings): string;
  /** The user records in a response; undefined for a response of unknown shape. */
  list(body: Json): Json[] | undefined;
  /** For vendors without a suitable filter: read at most this many pages, and match here. */
  scan?: { maxPages: number };
}

export type ConnectionSettings = Readonly<Record<string, unknown>>;

/**
 * Everything about one vendor. Code gets the entry and never asks for its name: tool, schema, plan, body, verification,
 * contract test and documentation are derived from it.
 */
export interface Provider<S extends z.ZodType = z.ZodType> {
  id: string;
  title: string;
  /** The vendor's page for the update call. */
  docs: string;
  /** The settings a connection needs. Every key may also come from the environment variable named in `env`. */
  settings: S;
  env: Readonly<Record<string, string>>;
  /** Keys of `settings` that are enough to connect. One list for each way to sign in, the most common first. */
  signIn: readonly [readonly string[], ...(readonly string[])[]];
  /** Keys of `settings` whose values are credentials; they are scrubbed from all text. */
  credentials: readonly string[];
  baseUrl(settings: z.output<S>): string;
  auth(settings: z.output<S>): Record<string, string>;

  /** The path id of a user. */
  userId: z.ZodType<string>;
  /** A realistic call, for the tool's description. The contract test runs it. */
  example: { user_id: string; set: Record<string, unknown> };
  /** One sentence for the model about this vendor's `user_id` or oddities. */
  hint: string;

  read: { path: string };
  write: {
    path: string;
    /**
     * `replace`: omitted fields are emptied, so the whole user record is sent back. `merge`: only the fields sent
     * change.
     */
    semantics: 'merge' | 'replace';
    /** For `replace`: `fields` sends only declared fields, `record` also every unknown attribute that was read. */
    carry?: 'fields' | 'record';
    /** Attributes that the vendor maintains itself: not sent back with the record. */
    withhold?: readonly string[];
    /** The resource's own URN. A carried record lists it and those of its extensions in `schemas` (RFC 7643 section 3). */
    schema?: string;
    /**
     * Fields of a merge that are sent along as read, because the vendor writes this default when they are left out. Where
     * the record has no value to send, policy judges the default and the question shows it.
     */
    echo?: Readonly<Record<string, Json>>;
    /**
     * The value a replacing vendor writes when a field is left out. If the record does not show the field, the body
     * cannot contain it and the vendor would change it unasked, so the call has to name it.
     */
    fillsIn?: Readonly<Record<string, Json>>;
  };
  /** Where the service says whether it honours `If-Match`. Read once, and only after a read showed an entity tag. */
  entityTags?: { path: string; supported: readonly string[] };
  /** Query parameters that shape the returned user only; mutually exclusive. */
  shape?: readonly [include: string, exclude: string];

  fields: Readonly<Record<string, Field>>;
  /** The vendor's names ignore case (RFC 7643 section 2.1): names in a response are changed to our spelling at once. */
  caseInsensitiveNames?: true;
  /** Attributes that can only be read. An attribute that is in neither list is secret for display. */
  readOnly: Readonly<Record<string, Sensitivity>>;
  /** Read-only attributes that change by themselves with every write. */
  volatile: readonly string[];
  /** Paths to a version of the record; the first one present counts. */
  version?: readonly (readonly string[])[];
  /** Attributes that hold ids of the record. One of them has to equal the `user_id` that was read. */
  ids: readonly string[];
  /**
   * The attributes that name the person; the first complete entry counts. Attributes, joined by a space, or an object
   * and keys of it.
   */
  label: readonly (readonly string[])[];
  /** The person's e-mail addresses: for policy rules, for the question, and to distinguish people of the same name. */
  emails(record: JsonObject): string[];
  /** Public fields that distinguish people of the same name, the most distinctive first. */
  apart?: readonly string[];
  /**
   * Whether the person can log in, in the vendor's word; undefined if the record does not say. Shown by `find_user`.
   */
  status(record: JsonObject): string | undefined;
  /** Conditions on the record after the change that no single field's schema can express. `requested` are field names. */
  rules?: readonly ((
    after: JsonObject,
    requested: ReadonlySet<string>,
    before: JsonObject,
  ) => FieldError | undefined)[];

  find: readonly Lookup[];
  /**
   * The message of `find_user` if it found nothing and the vendor cannot search by everything. `ofEmail` is added for
   * an e-mail.
   */
  findLimits?: { says: string; ofEmail?: string };

  /**
   * A read that shows whether the credential works. `isAnswer` tells the vendor's response from any other 200 at that
   * address; `rights` says what the credential may do, as far as a read can tell.
   */
  probe: { path: string; isAnswer(body: Json): boolean; rights(body: Json): string };

  decodeError(status: number, body: Json | undefined): DecodedError;
  /** A sentence for a status that means more than its name says. */
  statusHints?: Readonly<Record<number, string>>;
  /** Statuses besides 429 that mean "slow down", and headers besides Retry-After with the number of seconds to wait. */
  slowDown?: { statuses?: readonly number[]; headers?: readonly string[] };
}

/** A provider as its file declares it: parts with zod schemas are functions that create them. */
export type ProviderDefinition<S extends z.ZodType> = Omit<Provider<S>, Schemas> & {
  [Key in Schemas]: () => Provider<S>[Key];
};

type Schemas = 'settings' | 'userId' | 'fields';

/**
 * Defines a provider. Creates each schema on first access: those of all vendors would be a tenth of every start, and most
 * people connect one.
 */
export function defineProvider<S extends z.ZodType>(definition: ProviderDefinition<S>): Provider<S> {
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

/** Creates an object on first access. */
function lazily<T extends object>(create: () => T): () => T {
  let created: T | undefined;
  return () => {
    created ??= create();
    return created;
  };
}

/** A field by its write name; undefined for every other name, even `constructor`. */
export function fieldOf({ fields }: Pick<Provider, 'fields'>, name: string): Field | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}
