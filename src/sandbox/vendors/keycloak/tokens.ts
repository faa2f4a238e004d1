import { createHmac, randomUUID } from 'node:crypto';
import { formOf, Rejection, type VendorRequest, type VendorResponse } from '../../define-vendor.ts';
import type { Vendor } from '../../types.ts';
import { credentials } from './credentials.ts';
import { keycloakError } from './errors.ts';

/** Switches of the token endpoint. */
export interface TokenOptions {
  /** How long a token is valid. "By default this token expires in 1 minute", https://www.keycloak.org/docs/latest/server_development/#admin-rest-api */
  tokenSeconds: number;
  /** Tokens issued before (milliseconds since 1970) are refused, as after a revocation. */
  tokensNotBefore: number;
}

export const tokenOptions: TokenOptions = { tokenSeconds: 60, tokensNotBefore: 0 };

/**
 * `POST /realms/{realm}/protocol/openid-connect/token` with the client credentials grant, the client's secret in the form
 * or as Basic: https://www.keycloak.org/docs/latest/server_admin/#_service_accounts
 */
export function issueToken(request: VendorRequest, vendor: Vendor<TokenOptions>, realm = ''): VendorResponse {
  if (realm !== credentials.realm) return { status: 404, body: { error: 'Realm does not exist' } };
  const form = formOf(request);
  const [id, secret] = basicOf(request) ?? [form.get('client_id'), form.get('client_secret')];
  if (id !== credentials.clientId || secret !== credentials.clientSecret) {
    const description = 'Invalid client or Invalid client credentials';
    return { status: 401, body: { error: 'invalid_client', error_description: description } };
  }
  if (form.get('grant_type') !== 'client_credentials') {
    return { status: 400, body: { error: 'unsupported_grant_type', error_description: 'Unsupported grant_type' } };
  }
  const { tokenSeconds = tokenOptions.tokenSeconds } = vendor.options;
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    body: {
      access_token: createToken(tokenSeconds),
      expires_in: Math.floor(tokenSeconds),
      refresh_expires_in: 0,
      token_type: 'Bearer',
      'not-before-policy': 0,
      scope: 'profile email',
    },
  };
}

/** A new access token, which is valid for so long. */
export function createToken(seconds: number): string {
  const now = Date.now();
  const claims = { jti: randomUUID(), azp: credentials.clientId, issued: now, expires: now + seconds * 1000 };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${sign(signed)}`;
}

/** Throws a rejection for a request without a token that is valid now. */
export function requireToken(request: VendorRequest, vendor: Vendor<TokenOptions>): void {
  const token = /^Bearer (.+)$/i.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
  const [head = '', body = '', signature = ''] = token.split('.');
  if (signature === '' || signature !== sign(`${head}.${body}`)) throw new Rejection(keycloakError(401));
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as { issued: number; expires: number }; // signed by us
  const { tokensNotBefore = tokenOptions.tokensNotBefore } = vendor.options;
  if (claims.expires <= Date.now() || claims.issued < tokensNotBefore) throw new Rejection(keycloakError(401));
}

function basicOf(request: VendorRequest): [string, string] | undefined {
  const encoded = /^Basic (.+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString().split(/:(.*)/s);
  // RFC 6749 section 2.3.1: both are form-encoded before they are joined.
  return [id, secret].map((part) => decodeURIComponent(part.replaceAll('+', '%20'))) as [string, string]; // of two
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function sign(text: string): string {
  return createHmac('sha256', credentials.clientSecret).update(text).digest('base64url');
}
