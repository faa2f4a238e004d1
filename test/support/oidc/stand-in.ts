import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** An issuer that lies as a test tells it to. Whoever comes is signed in at once. */
export interface StandIn {
  issuer: string;
  /** Replaces claims of ID tokens; `undefined` leaves one out. */
  claims: Record<string, unknown>;
  lies: Lies;
  /** What came to the token endpoint. */
  redeemed: URLSearchParams[];
  reset(): void;
  close(): Promise<void>;
}

interface Lies {
  /** Replaces parameters of the way back. */
  back?: Record<string, string | undefined>;
  /** Signs with a key that is not in the key set. */
  otherKey?: boolean;
  metadata?: Record<string, unknown>;
  tokenStatus?: number;
  tokenBody?: string;
  /** In place of an answer, a redirect. */
  redirectTo?: string;
}

export async function startStandIn(): Promise<StandIn> {
  const [pair, other] = await Promise.all([generateKeyPair('RS256', { extractable: true }), generateKeyPair('RS256')]);
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', use: 'sig', alg: 'RS256' };
  const nonces = new Map<string, { nonce: string; clientId: string }>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', stand.issuer);
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    void answer(url, request).then(
      (given) => {
        if ('location' in given) response.writeHead(302, { location: given.location }).end();
        else send(given.status ?? 200, given.body);
      },
      () => send(500, {}),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stand: StandIn = {
    issuer,
    claims: {},
    lies: {},
    redeemed: [],
    reset() {
      stand.claims = {};
      stand.lies = {};
      stand.redeemed.length = 0;
    },
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
  return stand;

  async function answer(
    url: URL,
    request: IncomingMessage,
  ): Promise<{ location: string } | { status?: number; body: unknown }> {
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return { body: { ...metadata(issuer), ...stand.lies.metadata } };
      case '/jwks':
        return { body: { keys: [jwk] } };
      case '/auth': {
        const code = crypto.randomUUID();
        const given = url.searchParams;
        nonces.set(code, { nonce: given.get('nonce') ?? '', clientId: given.get('client_id') ?? '' });
        const back = new URL(given.get('redirect_uri') ?? '');
        const params = { code, state: given.get('state') ?? '', iss: issuer, ...stand.lies.back };
        for (const [name, value] of Object.entries(params)) if (value !== undefined) back.searchParams.set(name, value);
        return { location: back.href };
      }
      case '/token':
        return await token(new URLSearchParams(await bodyOf(request)));
      default:
        return { status: 404, body: {} };
    }
  }

  async function token(given: URLSearchParams) {
    stand.redeemed.push(given);
    if (stand.lies.redirectTo !== undefined) return { location: stand.lies.redirectTo };
    if (stand.lies.tokenBody !== undefined)
      return { status: stand.lies.tokenStatus ?? 200, body: stand.lies.tokenBody };
    const { nonce, clientId } = nonces.get(given.get('code') ?? '') ?? { nonce: '', clientId: '' };
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: clientId, sub: 'stand-in', iat: now, exp: now + 300, nonce, ...stand.claims };
    const payload = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
    const idToken = await new SignJWT(payload)
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .sign(stand.lies.otherKey ? other.privateKey : pair.privateKey);
    return { body: { access_token: 'access', token_type: 'Bearer', expires_in: 60, id_token: idToken } };
  }
}

function metadata(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
