import type { ServerMetadata } from 'openid-client';
import type { OidcSettings } from '../../config/approvals/oidc-settings.ts';
import { isLoopback } from '../../lib/loopback.ts';
import { OidcError } from './problem.ts';

/** Throws an OidcError unless the issuer is the one that is configured and has what a sign-in needs. */
export function checkMetadata(server: Readonly<ServerMetadata>, { issuer }: OidcSettings): void {
  // One that takes any tenant gives itself another name than the one it is found by.
  if (withoutSlash(server.issuer) !== withoutSlash(issuer)) throw new OidcError('unavailable', 'another issuer');
  for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const) {
    if (!isProtected(server[name])) throw new OidcError('unavailable', `${name} missing or not https`);
  }
  if (server.userinfo_endpoint !== undefined && !isProtected(server.userinfo_endpoint)) {
    throw new OidcError('unavailable', 'userinfo_endpoint not https');
  }
}

/** Whether the issuer says that it knows PKCE with S256 (RFC 8414); not every issuer that does says so. */
export function offersPkce({ code_challenge_methods_supported: methods }: Readonly<ServerMetadata>): boolean {
  return methods?.includes('S256') ?? false;
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '');
}

function isProtected(url: unknown): boolean {
  if (typeof url !== 'string' || !URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}
