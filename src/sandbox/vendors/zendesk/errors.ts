import { Rejection, type VendorResponse } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';

/** The names that this vendor gives its errors; https://developer.zendesk.com/api-reference/introduction/requests/ */
const NAMES: Readonly<Record<number, string>> = {
  404: 'RecordNotFound',
  409: 'Conflict',
  422: 'RecordInvalid',
  429: 'APIRateLimitExceeded',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

/** One thing that is wrong with one attribute. */
export interface InvalidAttribute {
  attribute: string;
  description: string;
  error: 'BlankValue' | 'DuplicateValue' | 'InvalidValue';
}

/** An error whose name is a text. */
export function error(status: number, description: string): VendorResponse {
  return { status, body: { error: NAMES[status] ?? 'BadRequest', description } };
}

/** The other shape of this vendor: `error` is an object. It is used for parameters and for access. */
export function titled(status: number, title: string, message: string): VendorResponse {
  return { status, body: { error: { title, message } } };
}

/** Rejects a record with every fault of every attribute; does nothing without a fault. */
export function refuseInvalid(faults: readonly InvalidAttribute[]): void {
  if (faults.length === 0) return;
  const details: JsonRecord = {};
  for (const { attribute, ...fault } of faults) {
    const already = details[attribute];
    details[attribute] = [...(Array.isArray(already) ? already : []), { ...fault }];
  }
  throw new Rejection({
    status: 422,
    body: { error: 'RecordInvalid', description: 'Record validation errors', details },
  });
}
