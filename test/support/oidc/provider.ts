import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { type GrantContext, Provider } from 'oidc-provider';

/** A real OpenID Connect provider on loopback. The person at it is the one the test says, and is never asked. */
export interface OidcProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Who signs in next. */
  person: Person;
  /** Accepts sign-ins that come back to this address. */
  register(redirectUri: string): void;
  /** Walks from the authorization request back to the client; returns the address it ends at. */
  walk(url: string): Promise<string>;
  /** The authorization requests that came. */
  asked: URLSearchParams[];
  close(): Promise<void>;
}

export interface Person {
  sub: string;
  claims: Record<string, unknown>;
}

export async function startProvider(): Promise<OidcProvider> {
  let handle: (request: IncomingMessage, response: ServerResponse) => unknown = (_, response) => response.end();
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: 'one', use: 'sig', alg: 'RS256' };
  const client = { client_id: 'approvals', client_secret: 'a secret of the client, 32 letters' };
  const people = new Map<string, Record<string, unknown>>();

  const provided: OidcProvider = {
    issuer,
    clientId: client.client_id,
    clientSecret: client.client_secret,
    person: { sub: 'opaque-1', claims: {} },
    asked: [],
    register(redirectUri) {
      const provider = new Provider(issuer, {
        clients: [
          { ...client, redirect_uris: [redirectUri], response_types: ['code'], grant_types: ['authorization_code'] },
        ],
        jwks: { keys: [jwk] },
        cookies: { keys: ['a key of the tests'] },
        // As most providers do it: a name and an address for their scopes, from the user info.
        claims: {
          openid: ['sub'],
          email: ['email', 'email_verified'],
          profile: ['preferred_username'],
          groups: ['groups'],
        },
        pkce: { required: () => true },
        features: { devInteractions: { enabled: false } },
        interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
        findAccount: (_: unknown, sub: string) => ({
          accountId: sub,
          claims: async () => ({ sub, ...people.get(sub) }),
        }),
        loadExistingGrant: async ({ oidc }: GrantContext) => {
          const grant = new oidc.provider.Grant({
            accountId: oidc.session.accountId,
            clientId: oidc.client.clientId,
          });
          grant.addOIDCScope('openid email profile groups');
          await grant.save();
          return grant;
        },
      });
      const callback = provider.callback();
      handle = (request, response) => {
        const { pathname, searchParams } = new URL(request.url ?? '/', issuer);
        if (pathname === '/auth') provided.asked.push(searchParams);
        if (!pathname.startsWith('/interaction/')) return callback(request, response);
        const { sub, claims } = provided.person;
        people.set(sub, claims);
        return provider.interactionFinished(request, response, { login: { accountId: sub } });
      };
    },
    async walk(start) {
      const cookies = new Map<string, string>();
      let url = start;
      while (url.startsWith(issuer)) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
        for (const line of response.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
          cookies.set(name, value);
        }
        const location = response.headers.get('location');
        if (location === null) throw new Error(`the provider stopped: ${response.status} ${await response.text()}`);
        url = new URL(location, url).href;
      }
      return url;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return provided;
}
