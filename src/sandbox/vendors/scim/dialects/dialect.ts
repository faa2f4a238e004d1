import type { VendorRequest } from '../../../define-vendor.ts';
import type { JsonRecord } from '../../../json.ts';
import type { ScimOptions } from '../options.ts';
import type { Operation } from '../patch/operations.ts';

/** What a known service demands beyond the RFC, by its own documents. Every check throws a rejection. */
export interface ServiceRules {
  options: Partial<ScimOptions>;
  /** Paths of attributes that an update may name (`name.givenName`, `enterprise.department`); every one when left out. */
  writable?: readonly string[];
  /** Any request. */
  checkRequest?(request: VendorRequest): void;
  checkOperations?(operations: readonly Operation[], stored: JsonRecord): void;
  /** The body of a PUT, spelled as in the RFC. */
  checkBody?(body: JsonRecord): void;
  /** The user as it is to be stored. */
  checkUser?(user: JsonRecord, stored: JsonRecord): void;
  /** What else a write changes. */
  adjust?(user: JsonRecord, stored: JsonRecord, operations: readonly Operation[] | undefined): JsonRecord;
  /** The user as this service shows it. */
  show?(user: JsonRecord): JsonRecord;
  /** The body of an error, made from the RFC's. */
  error?(body: JsonRecord): JsonRecord;
}
