import { randomUUID } from 'node:crypto';
import { Rejection, type VendorResponse } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';

/** Top-level codes by status; https://learn.microsoft.com/en-us/graph/errors */
const CODES: Readonly<Record<number, string>> = {
  400: 'Request_BadRequest',
  401: 'InvalidAuthenticationToken',
  403: 'Authorization_RequestDenied',
  404: 'Request_ResourceNotFound',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
};

/** An error resource; https://learn.microsoft.com/en-us/graph/errors#error-resource-type */
export function graphError(status: number, message: string, extras: { code?: string; details?: JsonRecord[] } = {}) {
  const id = randomUUID();
  const code = extras.code ?? CODES[status] ?? 'UnknownError';
  const innerError = { date: new Date().toISOString().slice(0, 19), 'request-id': id, 'client-request-id': id };
  const details = extras.details && { details: extras.details };
  return { status, body: { error: { code, message, ...details, innerError } } } satisfies VendorResponse;
}

export function badRequest(message: string, code?: string): never {
  throw new Rejection(graphError(400, message, code === undefined ? {} : { code }));
}

export function invalidValue(property: string): never {
  badRequest(`Invalid value specified for property '${property}' of resource 'User'.`);
}

/** The words for a value that another user has; the property is named by `target`. */
export function taken(property: string): never {
  const message = `Another object with the same value for property ${property} already exists.`;
  throw new Rejection(graphError(400, message, { details: [{ code: 'ObjectConflict', message, target: property }] }));
}
