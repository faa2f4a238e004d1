import type { Json } from '../lib/json/json-value.ts';
import type { Path } from './field.ts';

/**
 * A text with `{name}` for the value of a setting, `{userId}` for the path id, and in a lookup `{query}`. Values are
 * percent-encoded in paths and queries, and so fill one segment or one parameter. See `interpret/template.ts`.
 */
export type Template = string;

/** Query parameters by name. */
export type Parameters = Readonly<Record<string, Template>>;

/** How a user record is read. */
export interface RecordRead {
  path: Template;
  query?: Parameters;
  /** Where the record is in the response. Without it: the response itself, or its `data`. */
  unwrap?: Path;
  /** How long to wait before each further read of a record that does not show a write yet, in ms. */
  lagMs?: readonly number[];
}

/**
 * How the body of a write is made from the leaf changes. `merge`: the fields that change, and only they change.
 * `replace`: omitted fields are emptied, so the whole user record is sent back. `merge-patch`: the leaves that change, at
 * their places, `null` for a cleared one (RFC 7396). `scim-patch`: operations for the leaves that change (RFC 7644
 * section 3.5.2).
 */
export const ENCODINGS = ['merge', 'replace', 'merge-patch', 'scim-patch'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/**
 * How the operations of `scim-patch` name what they change. `path`: each by a path; an entry of a list by a filter in it.
 * `object`: `add` and `replace` carry an object of attributes instead, lists and complex values whole; `remove` has a path.
 * `whole`: by paths without filters, lists whole.
 */
export const PATCH_STYLES = ['path', 'object', 'whole'] as const;
export type PatchStyle = (typeof PATCH_STYLES)[number];

export const WRITE_METHODS = ['PUT', 'POST', 'PATCH'] as const;
export type WriteMethod = (typeof WRITE_METHODS)[number];

/** How a user record is written. */
export interface RecordWrite {
  path: Template;
  query?: Parameters;
  method: WriteMethod;
  encoding: Encoding;
  /** `application/json` when left out. A 415 is answered once with the other content type, if one is named here. */
  contentType?: string;
  contentTypeAfter415?: string;
  /** The vendor honours `If-Match` with the entity tag of a read, wherever it sends one. */
  ifMatch?: true;
  /** The key under which the body is sent: `{ "user": … }`. */
  wrapper?: string;
  /**
   * For `replace`: what of the record goes back besides the fields that change. `fields`: the declared fields, `record`:
   * also every unknown attribute; or the attributes at these paths in the vendor's record.
   */
  carry?: 'fields' | 'record' | readonly Path[];
  /** Paths in the vendor's record of what the vendor maintains itself: not sent back with the record. */
  withhold?: readonly Path[];
  /** The resource's own URN. A carried record lists it and those of its extensions in `schemas` (RFC 7643 section 3). */
  schema?: string;
  /** Fields that are sent along as read, by name. Not part of plan, question or audit. */
  echo?: Readonly<Record<string, EchoedField>>;
  /**
   * The value a replacing vendor writes when a field is left out. If the record does not show the field, the body
   * cannot contain it and the vendor would change it unasked, so the call has to name it.
   */
  fillsIn?: Readonly<Record<string, Json>>;
  /** Fields, keys of them (`name.formatted`) and parts of entries (`addresses.type`) that are refused before anything is sent. */
  immutable?: readonly string[];
  /**
   * Fields that this call changes only where the record shows none; a further value would go elsewhere, such as a second
   * telephone number beside the first. Refused likewise.
   */
  setOnce?: readonly string[];
  /** The most entries that a list field may have after the change. */
  maxEntries?: number;
  /** For `scim-patch`; `path` when left out. */
  patchStyle?: PatchStyle;
  /** For `scim-patch`: the members of a list entry by which a filter may name it, the first that is unique. */
  entryNames?: readonly string[];
  /** For `scim-patch`: the most operations in one request. A change that needs more is refused, never split. */
  maxOperations?: number;
}

/** Why a field is sent along as read. */
export interface EchoedField {
  /**
   * The vendor writes this when the field is left out. Where the record has no value to send, policy judges the default
   * and the question shows it.
   */
  default?: Json;
  /** Only when one of these fields changes; always when left out. */
  with?: readonly string[];
  /** The vendor needs it: where the record does not show it, nothing is sent and the call has to name it. */
  required?: true;
}

/** How a list goes on. `size` is what is asked for; a vendor may send less. */
export type Paging =
  /** `first` is the number of the first page. */
  | { kind: 'number'; parameter: string; first: number; size?: { parameter: string; value: number } }
  /** An index of the first record, counted from `first` (RFC 7644 section 3.4.2.4: from 1). */
  | { kind: 'start'; parameter: string; first: number; size: { parameter: string; value: number } }
  /** A cursor in the response, sent back as a parameter. */
  | { kind: 'cursor'; parameter: string; from: Path }
  /** `Link: <…>; rel="next"` (RFC 8288). */
  | { kind: 'link' }
  /** The URL of the next page in the response. */
  | { kind: 'next'; from: Path };

/** What people can be looked up by. */
export const LOOKED_UP_BY = ['email', 'name', 'id', 'username'] as const;

/** One way to look people up at a vendor. */
export interface Lookup {
  by: (typeof LOOKED_UP_BY)[number];
  /**
   * Attributes that hold what is searched for, besides ids, e-mails and label: a vendor may return more than was asked
   * for, and only a record in which one of them equals the query counts.
   */
  matches?: readonly string[];
  path: Template;
  /** A function only where the vendor's search language needs more than one place for the query. */
  query?: Parameters | ((query: string) => Readonly<Record<string, string>>);
  /** Headers that only this call carries. */
  headers?: Readonly<Record<string, string>>;
  /**
   * How `{query}` is written inside a parameter: as a JSON string with its quotation marks (RFC 7644 section 3.4.2.2),
   * or as an OData string, whose quotation marks are doubled, also with them. Plain when left out.
   */
  quote?: 'json' | 'odata';
  /** Where the list is in the response. Without it: the response itself, or one of the usual names. */
  list?: Path;
  /** Where the number of matches is; 0 stands for an empty list. */
  total?: Path;
  /** The response may be one record instead of a list. */
  single?: true;
  paging?: Paging;
  /** For vendors without a suitable filter: read at most this many pages, and match here. */
  scan?: { maxPages: number };
}

/** A read that shows whether the credential works. */
export interface Probe {
  path: Template;
  query?: Parameters;
  /**
   * What tells the vendor's response from any other 200 at that address: a value at one of these paths, or a list of
   * users.
   */
  shows: readonly Path[] | 'list';
  /** What the credential may do, as far as a read can tell. */
  rights: string | ((body: Json) => string);
}

/**
 * What the service says about itself, read once for each connection (RFC 7644 section 4). `needed`: read with the first
 * record, and a failure that is not 404, 403 or 501 fails the call and is not remembered. Else only after a record came
 * with a version.
 */
export interface Discovery {
  serviceProviderConfig: Template;
  schemas?: Template;
  needed?: true;
}
