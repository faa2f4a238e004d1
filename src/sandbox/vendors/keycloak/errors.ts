import type { VendorResponse } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';

const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  415: 'Unsupported Media Type',
};

/**
 * `{ error }`, for whatever is refused before the user record is looked at:
 * https://github.com/keycloak/keycloak/blob/main/services/src/main/java/org/keycloak/services/error/KeycloakErrorHandler.java
 */
export function keycloakError(status: number, message?: string): VendorResponse {
  const reason = REASONS[status];
  const error = reason === undefined || status === 404 ? (message ?? 'unknown_error') : `HTTP ${status} ${reason}`;
  if (status < 500) return { status, body: { error } };
  return { status, body: { error, error_description: 'For more on this error consult the server log.' } };
}

/** The body is not what the server can read. */
export const unreadable: VendorResponse = {
  status: 400,
  body: { error: 'invalid_request', error_description: 'Cannot parse the JSON' },
};

/**
 * `{ errorMessage }`, of a user record that is not accepted:
 * https://github.com/keycloak/keycloak/blob/main/services/src/main/java/org/keycloak/services/ErrorResponse.java
 */
export function refusal(status: number, errorMessage: string): VendorResponse {
  return { status, body: { errorMessage } };
}

/** What the user profile of the realm does not allow: one object, or a list of them. */
export function invalidFields(faults: readonly JsonRecord[]): VendorResponse {
  const [only, ...others] = faults;
  return { status: 400, body: others.length === 0 && only ? only : { errors: [...faults] } };
}

/** One fault of a field. */
export function fault(field: string, errorMessage: string, ...params: readonly string[]): JsonRecord {
  return { field, errorMessage, params: [field, ...params] };
}
