import type * as z from 'zod';
import type { Json, JsonObject } from '../lib/json/json-value.ts';
import type { Discovery, Lookup, Probe, RecordRead, RecordWrite, Template } from './calls.ts';
import type { DecodedError, ErrorShape, SlowDown } from './errors.ts';
import type { Field, Path, Sensitivity } from './field.ts';
import type { SignIn } from './sign-in.ts';

/** Something that is wrong with a requested change. `field` is the vendor's name. */
export interface FieldError {
  field: string;
  message: string;
}

export type ConnectionSettings = Readonly<Record<string, unknown>>;

/**
 * Everything about one vendor. Code gets the entry and never asks for its name: tool, schema, plan, body, verification,
 * contract test and documentation are derived from it. The few functions are what only one vendor needs; a provider from
 * a file has none.
 */
export interface Provider<S extends z.ZodType = z.ZodType> {
  id: string;
  title: string;
  /** The vendor's page for the update call. */
  docs: string;
  /** The settings a connection needs. Every key may also come from the environment variable named in `env`. */
  settings: S;
  env: Readonly<Record<string, string>>;
  /** The most common way first. */
  signIn: readonly [SignIn, ...SignIn[]];
  /** Keys of `settings` whose values are credentials; they are scrubbed from all text. */
  credentials: readonly string[];
  /** Where the API is, unless the connection has a `baseUrl`. */
  baseUrl: Template;
  /** Headers of every request; one that names a setting the connection does not have is left out. */
  headers?: Readonly<Record<string, Template>>;
  /** The definition for a connection whose settings say how its service differs from `provider`. Throws a UsageError. */
  forConnection?(provider: Provider, settings: z.output<S>): Provider;

  /** The path id of a user. */
  userId: z.ZodType<string>;
  /** A realistic call, for the tool's description. The contract test runs it. */
  example: { user_id: string; set: Record<string, unknown> };
  /** One sentence for the model about this vendor's `user_id` or oddities. */
  hint: string;

  read: RecordRead;
  write: RecordWrite;
  /** Used instead of `write` where the service says that it takes PATCH. */
  patch?: RecordWrite;
  discovery?: Discovery;
  /** Query parameters that shape the returned user only; mutually exclusive. */
  shape?: readonly [include: string, exclude: string];

  fields: Readonly<Record<string, Field>>;
  /** The vendor's names ignore case (RFC 7643 section 2.1): names in a response are changed to our spelling at once. */
  caseInsensitiveNames?: true;
  /** Attributes that can only be read. An attribute that is in neither list is secret for display. */
  readOnly: Readonly<Record<string, Sensitivity>>;
  /** Where read-only attributes are in the vendor's record, if not at its top: as `Field.at`. */
  readOnlyAt?: Readonly<Record<string, Path>>;
  /** Read-only attributes that change by themselves with every write. */
  volatile: readonly string[];
  /** Paths to a version of the record; the first one present counts. */
  version?: readonly Path[];
  /** Attributes that hold ids of the record. One of them has to equal the `user_id` that was read. */
  ids: readonly string[];
  /**
   * The attributes that name the person; the first complete entry counts. Attributes, joined by a space, or an object
   * and keys of it.
   */
  label: readonly (readonly string[])[];
  /** The person's e-mail addresses: for policy rules, for the question, and to distinguish people of the same name. */
  emails: readonly EmailSource[];
  /** Public fields that distinguish people of the same name, the most distinctive first. */
  apart?: readonly string[];
  /** Whether the person can log in, in the vendor's word; the first that fits. Shown by `find_user`. */
  status: readonly StatusWord[];
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

  probe: Probe;

  errors: ErrorShape;
  /** Adds to what `errors` says; only for what its keys cannot say. */
  decodeError?(status: number, body: Json | undefined): DecodedError;
  /** A sentence for a status that means more than its name says. */
  statusHints?: Readonly<Record<number, string>>;
  slowDown?: SlowDown;
}

/** Texts of the record that are e-mail addresses: those at `at`, or the `value` of each entry of the list there. */
export interface EmailSource {
  at: Path;
  value?: string;
  /** Only entries with these members. */
  where?: Readonly<Record<string, Json>>;
}

/** A word for records whose attributes have one of these values; `null`: none, or absent. */
export interface StatusWord {
  is: string;
  when: Readonly<Record<string, readonly Json[]>>;
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
