import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';

/** A minimal authorization server: keys, and tokens signed with them. */
export interface Issuer {
  issuer: string;
  jwks: string;
  /** A valid access token, except for what is given here. */
  token(
    claims?: Readonly<Record<string, unknown>>,
    header?: { alg?: string; kid?: string; typ?: string | undefined },
  ): Promise<string>;
  /** The public key as text, for attacks that use it as a shared secret. */
  publicKey(): Promise<string>;
  /** The status with which the key set's endpoint responds from now on. */
  setStatus(status: number): void;
  close(): Promise<void>;
}

export const AUDIENCE = 'https://users.example.com/mcp';

/** Of all issuers of a process: to make them takes a tenth of a second of processor time. */
let keys: ReturnType<typeof generateKeyPair> | undefined;

export async function startIssuer(): Promise<Issuer> {
  keys ??= generateKeyPair('RS256', { extractable: true });
  const pair = await keys;
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', use: 'sig' };
  let status = 200;
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer: url,
    jwks: `${url}/jwks.json`,
    async token(claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1000);
      const standard = {
        iss: url,
        aud: AUDIENCE,
        sub: 'jane',
        iat: now,
        exp: now + 300,
        scope: 'users:read users:write',
      };
      const payload = Object.fromEntries(
        Object.entries({ ...standard, ...claims }).filter(([, one]) => one !== undefined),
      );
      return await new SignJWT(payload)
        .setProtectedHeader({ alg: 'RS256', kid: 'one', typ: 'at+jwt', ...header } as JWTHeaderParameters)
        .sign(pair.privateKey);
    },
    publicKey: () => exportSPKI(pair.publicKey),
    setStatus: (next) => {
      status = next;
    },
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
