/** The services whose rules this vendor knows. */
export type DialectName = 'asana' | 'aws' | 'figma' | 'github' | 'slack';

/** Switches of this vendor's behaviour. Those of a dialect count unless a test sets them itself. */
export interface ScimOptions {
  /** The rules of a known service on top of the RFC. */
  dialect: DialectName | undefined;
  /** PATCH is announced and served. */
  patch: boolean;
  /** Entity tags are announced, sent and honoured. */
  etag: boolean;
  /** The status of `ServiceProviderConfig`; that of `Schemas` and `ResourceTypes` when it is not 200. */
  discovery: number;
  /** The status of `Schemas` and `ResourceTypes`. */
  schemas: number;
  /** The media types taken for a body. */
  mediaTypes: readonly string[];
  /** The attributes for which a single `eq` is taken; every filter when undefined. */
  filters: readonly string[] | undefined;
  /** What becomes of a path with a filter: it counts, is refused, or is ignored without a word. */
  valuePaths: 'taken' | 'refused' | 'ineffective';
  /** `add` and `replace` with a path are refused. */
  objectStyle: boolean;
  /** More operations in one request are refused. */
  maxOperations: number | undefined;
  /** A list holds one value at most. */
  oneValue: boolean;
  /** Attributes that no update may change. */
  immutable: readonly string[];
  /** What `active: false` does to a user. */
  activeFalse: 'suspends' | 'removes' | 'deletes';
  /** A PUT without `active` suspends. */
  suspendsWithoutActive: boolean;
  /** A successful write is answered with 204. */
  noContent: boolean;
  /** Attribute names and URNs as this service spells them. */
  spelling: 'asInTheRfc' | 'lower';
}

export const defaults: ScimOptions = {
  dialect: undefined,
  patch: true,
  etag: false,
  discovery: 200,
  schemas: 200,
  mediaTypes: ['application/scim+json', 'application/json'],
  filters: undefined,
  valuePaths: 'taken',
  objectStyle: false,
  maxOperations: undefined,
  oneValue: false,
  immutable: [],
  activeFalse: 'suspends',
  suspendsWithoutActive: false,
  noContent: false,
  spelling: 'asInTheRfc',
};
