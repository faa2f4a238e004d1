import { createHash, randomBytes } from 'node:crypto';
import type { ClientAuth, Configuration, ServerMetadata } from 'openid-client';
import type { OidcSettings } from '../../config/approvals/oidc-settings.ts';
import { issuerFetch } from '../../upstream/issuer-fetch.ts';
import { type Claims, claimsNeeded, mergeClaims } from './claims.ts';
import { checkMetadata } from './metadata.ts';
import { OidcError, toOidcError } from './problem.ts';

/** What one sign-in is bound to. The browser keeps it, sealed, until it comes back from the issuer. */
export interface OidcFlow {
  state: string;
  nonce: string;
  /** The code verifier of PKCE (RFC 7636). */
  verifier: string;
  redirectUri: string;
}

export interface OidcClient {
  /** Where the browser goes to sign in. `isFresh`: the person has to sign in now, even if the issuer knows them. */
  begin(redirectUri: string, isFresh: boolean): Promise<{ flow: OidcFlow; url: string }>;
  /** The claims about the person, from the query the issuer sent the browser back with. Throws an OidcError. */
  complete(flow: OidcFlow, query: string): Promise<Claims>;
}

type Library = typeof import('openid-client');

const METADATA_MS = 10 * 60_000;
const RETRY_MS = 2000;
const TIMEOUT_SECONDS = 10;
const CLOCK_TOLERANCE_SECONDS = 30;
/** How old a sign-in at the issuer may be, in seconds. Asking for one makes the issuer say when it was. */
const MAX_AGE_SECONDS = { fresh: 900, usual: 86_400 };

/** The code flow with PKCE, `state` and `nonce`. The library is loaded with the first sign-in. */
export function createOidcClient(settings: OidcSettings, now: () => number = Date.now): OidcClient {
  let known: { metadata: Promise<ServerMetadata>; until: number } | undefined;

  /** The issuer's metadata, asked for again after a while; soon after a failure. */
  async function metadata(library: Library): Promise<ServerMetadata> {
    if (!known || known.until <= Date.now()) {
      const asked = { metadata: discover(library, settings), until: Date.now() + METADATA_MS };
      known = asked;
      asked.metadata.catch(() => {
        asked.until = Date.now() + RETRY_MS;
      });
    }
    return await known.metadata;
  }

  /** One for each sign-in: its clock and the issuer's keys are those of now. */
  function configure(library: Library, server: ServerMetadata, auth: ClientAuth): Configuration {
    const skew = { [library.clockSkew]: Math.round((now() - Date.now()) / 1000) };
    const tolerance = { [library.clockTolerance]: CLOCK_TOLERANCE_SECONDS };
    const config = new library.Configuration(server, settings.clientId, { ...skew, ...tolerance }, auth);
    config[library.customFetch] = issuerFetch;
    config.timeout = TIMEOUT_SECONDS;
    // Plain http is possible on loopback only: `issuerFetch` and `checkMetadata` see to it.
    if (settings.issuer.startsWith('http:')) library.allowInsecureRequests(config);
    // The signature counts, not only the connection that the token came over.
    library.enableNonRepudiationChecks(config);
    return config;
  }

  async function redeem(library: Library, server: ServerMetadata, { flow, query }: { flow: OidcFlow; query: string }) {
    const url = new URL(flow.redirectUri);
    url.search = query;
    const checks = () => ({ expectedState: flow.state, expectedNonce: flow.nonce, pkceCodeVerifier: flow.verifier });
    const [first, ...others] = clientAuths(library, settings.clientSecret);
    try {
      const config = configure(library, server, first);
      return { config, tokens: await library.authorizationCodeGrant(config, url, checks()) };
    } catch (error) {
      const [other] = others;
      if (!other || !isRefusedClient(library, error)) throw error;
      const config = configure(library, server, other);
      return { config, tokens: await library.authorizationCodeGrant(config, url, checks()) };
    }
  }

  return {
    async begin(redirectUri, isFresh) {
      const library = await import('openid-client');
      const server = await metadata(library);
      const flow = { state: random(), nonce: random(), verifier: random(), redirectUri };
      const challenge = createHash('sha256').update(flow.verifier).digest('base64url');
      const url = library.buildAuthorizationUrl(configure(library, server, library.None()), {
        redirect_uri: redirectUri,
        scope: scopesFor(settings, server),
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: challenge,
        code_challenge_method: 'S256',
        max_age: String(isFresh ? MAX_AGE_SECONDS.fresh : MAX_AGE_SECONDS.usual),
        ...(isFresh && { prompt: 'login' }),
      });
      return { flow, url: url.href };
    },

    async complete(flow, query) {
      const library = await import('openid-client');
      const server = await metadata(library);
      try {
        const { config, tokens } = await redeem(library, server, { flow, query });
        const claims: Claims = { ...missingTime(server), ...tokens.claims() };
        const { iss, sub } = claims;
        if (iss !== server.issuer || typeof sub !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(sub)) {
          throw new OidcError('invalid', 'subject');
        }
        const isComplete = claimsNeeded(settings).every((claim) => Object.hasOwn(claims, claim));
        if (server.userinfo_endpoint === undefined || isComplete) return claims;
        return mergeClaims(claims, { ...(await library.fetchUserInfo(config, tokens.access_token, sub)) });
      } catch (error) {
        throw toOidcError(error);
      }
    },
  };
}

/** The issuer's metadata, checked. Throws an OidcError. */
export async function discover(library: Library, settings: OidcSettings): Promise<ServerMetadata> {
  try {
    const config = await library.discovery(new URL(settings.issuer), settings.clientId, undefined, library.None(), {
      [library.customFetch]: issuerFetch,
      timeout: TIMEOUT_SECONDS,
      ...(settings.issuer.startsWith('http:') && { execute: [library.allowInsecureRequests] }),
    });
    const server = { ...config.serverMetadata() };
    checkMetadata(server, settings);
    return server;
  } catch (error) {
    throw error instanceof OidcError ? error : new OidcError('unavailable', toOidcError(error).detail);
  }
}

/**
 * An issuer that states when people signed in, and does not, was not asked for it: someone changed the address that the
 * browser was sent to. The sign-in then counts, but as an old one.
 */
function missingTime({ claims_supported: stated = [] }: ServerMetadata): Claims {
  return stated.includes('auth_time') ? { auth_time: 0 } : {};
}

/** RFC 6749 section 2.3.1 demands the header of every server; some clients are registered for the body alone. */
function clientAuths(library: Library, secret: string | undefined): readonly [ClientAuth, ...ClientAuth[]] {
  if (secret === undefined) return [library.None()];
  return [library.ClientSecretBasic(secret), library.ClientSecretPost(secret)];
}

/** Whether the issuer does not take the client's secret the way it was sent. */
function isRefusedClient({ ResponseBodyError, WWWAuthenticateChallengeError }: Library, error: unknown): boolean {
  if (error instanceof ResponseBodyError) return error.error === 'invalid_client';
  return error instanceof WWWAuthenticateChallengeError && error.status === 401;
}

/** Some issuers give the groups of a person only for a scope of that name. */
function scopesFor({ scopes, allow }: OidcSettings, { scopes_supported: supported = [] }: ServerMetadata): string {
  const extra = Object.keys(allow).filter((claim) => supported.includes(claim));
  return [...new Set(scopes ?? ['openid', 'profile', 'email', ...extra])].join(' ');
}

/** 256 random bits. */
function random(): string {
  return randomBytes(32).toString('base64url');
}
