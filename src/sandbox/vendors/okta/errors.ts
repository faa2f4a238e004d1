import type { VendorResponse } from '../../define-vendor.ts';

/** Codes and sentences of https://developer.okta.com/docs/reference/error-codes/ */
const SUMMARIES: Readonly<Record<string, string>> = {
  E0000003: 'The request body was not well-formed.',
  E0000006: 'You do not have permission to perform the requested action',
  E0000007: 'Not found: Resource not found',
  E0000011: 'Invalid token provided',
  E0000021: 'Bad request.  Accept and/or Content-Type headers likely do not match supported values.',
  E0000022: 'The endpoint does not support the provided HTTP method',
  E0000031: 'Invalid search criteria.',
  E0000038: "This operation is not allowed in the user's current status.",
  E0000047: 'API call exceeded rate limit due to too many requests.',
};

const BY_STATUS: Readonly<Record<number, string>> = {
  401: 'E0000011',
  403: 'E0000006',
  404: 'E0000007',
  405: 'E0000022',
  415: 'E0000021',
  429: 'E0000047',
};

let count = 0;

/** An error of this vendor. `errorSummary` is the vendor's own for the code when left out. */
export function oktaError(
  status: number,
  errorCode: string,
  errorSummary = SUMMARIES[errorCode] ?? 'Internal Server Error',
  causes: readonly string[] = [],
): VendorResponse {
  count += 1;
  return {
    status,
    body: {
      errorCode,
      errorSummary,
      errorLink: errorCode,
      errorId: `oaeSandbox${count}`,
      errorCauses: causes.map((cause) => ({ errorSummary: cause })),
    },
  };
}

/** The error of a status for which the vendor documents one code. */
export function errorOf(status: number, message: string): VendorResponse {
  const code = BY_STATUS[status];
  return code === undefined
    ? oktaError(status, status >= 500 ? 'E0000009' : 'E0000001', message)
    : oktaError(status, code);
}

/** A value that the schema or the password policy does not allow; each cause starts with the property's name. */
export function invalid(property: string, ...causes: readonly string[]): VendorResponse {
  return oktaError(400, 'E0000001', `Api validation failed: ${property}`, causes);
}
