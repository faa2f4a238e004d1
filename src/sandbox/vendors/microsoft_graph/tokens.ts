import { createHmac, randomUUID } from 'node:crypto';
import { formOf, type VendorRequest, type VendorResponse } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';
import { credentials } from './credentials.ts';

const SCOPE = 'https://graph.microsoft.com/.default';

/** Switches of the token endpoint. */
export interface EntraTokenOptions {
  /** How many seconds a token is valid. */
  tokenSeconds: number;
  /** Tokens issued before this moment (milliseconds since 1970) are refused although they have not expired. */
  revokedBefore: number;
}

/** A token that is valid for this many seconds. Its lifetime is signed, so that the sandbox need not keep it. */
export function issueToken(seconds: number): string {
  const payload = Buffer.from(JSON.stringify({ iat: Date.now(), exp: Date.now() + seconds * 1000, jti: randomUUID() }));
  return `${payload.toString('base64url')}.${sign(payload)}`;
}

/** What is wrong with an `Authorization` header, in the vendor's words; undefined if nothing is. */
export function tokenFault(header: string | undefined, options: Partial<EntraTokenOptions>): string | undefined {
  const [scheme, token = ''] = (header ?? '').split(' ');
  if (scheme !== 'Bearer' || token === '') return 'Access token is empty.';
  const [payload = '', signature] = token.split('.');
  const bytes = Buffer.from(payload, 'base64url');
  if (signature !== sign(bytes)) return 'CompactToken parsing failed with error code: 80049217';
  // Signed by us, so it is what `issueToken` wrote.
  const { iat, exp } = JSON.parse(bytes.toString()) as { iat: number; exp: number };
  if (exp <= Date.now()) return 'Lifetime validation failed, the token is expired.';
  return iat < (options.revokedBefore ?? 0) ? 'Continuous access evaluation resulted in challenge.' : undefined;
}

/** https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
export function grantToken(
  request: VendorRequest,
  tenant: string,
  options: Partial<EntraTokenOptions>,
): VendorResponse {
  const form = formOf(request);
  if (tenant !== credentials.tenantId) return refuse(400, 'invalid_request', 90002, `Tenant '${tenant}' not found.`);
  if (form.get('grant_type') !== 'client_credentials') {
    return refuse(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
  }
  if (form.get('client_id') !== credentials.clientId) {
    return refuse(400, 'unauthorized_client', 700016, 'Application was not found in the directory.');
  }
  if (form.get('client_secret') !== credentials.clientSecret) {
    return refuse(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
  }
  if (form.get('scope') !== SCOPE) {
    return refuse(400, 'invalid_scope', 1002012, 'The provided value for scope is not valid.');
  }
  const seconds = options.tokenSeconds ?? 3599;
  return {
    status: 200,
    body: { token_type: 'Bearer', expires_in: seconds, ext_expires_in: seconds, access_token: issueToken(seconds) },
  };
}

/** https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes#handling-error-codes-in-your-application */
function refuse(status: number, error: string, code: number, text: string): VendorResponse {
  const [trace, correlation] = [randomUUID(), randomUUID()];
  const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const body: JsonRecord = {
    error,
    error_description: `AADSTS${code}: ${text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
  };
  return { status, body };
}

function sign(payload: Buffer): string {
  return createHmac('sha256', credentials.clientSecret).update(payload).digest('base64url');
}
