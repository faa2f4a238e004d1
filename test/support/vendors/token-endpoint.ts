import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { SignIn } from '../../../src/providers/sign-in.ts';

/** A token endpoint of the test's own, closed after the test. It issues `issued-token-1`, `issued-token-2` … */
export interface TokenEndpoint {
  url: string;
  /** What was asked for, in order. */
  asked: { authorization: string | undefined; type: string | undefined; form: Record<string, string> }[];
  /** The tokens that were issued. */
  issued: string[];
}

/** What it responds with instead, given the number of the request from 1. */
export type TokenResponse = (
  nth: number,
) => { status?: number; body?: unknown; headers?: Record<string, string> } | 'hang';

export async function startTokenEndpoint(respond: TokenResponse = () => ({})): Promise<TokenEndpoint> {
  const asked: TokenEndpoint['asked'] = [];
  const issued: string[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const { authorization, 'content-type': type } = request.headers;
      asked.push({ authorization, type, form: Object.fromEntries(new URLSearchParams(text)) });
      const reply = respond(asked.length);
      if (reply === 'hang') return;
      const token = `issued-token-${asked.length}`;
      const { status = 200, headers, body = { access_token: token, token_type: 'Bearer', expires_in: 3600 } } = reply;
      if (status === 200) issued.push(token);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/oauth/token`, asked, issued };
}

/** The way to sign in with its tokens. */
export function tokenSignIn(sends: 'basic' | 'form' = 'form'): { signIn: [SignIn]; credentials: string[] } {
  const client = { tokenUrl: 'https://{tokenHost}/token', clientId: '{clientId}', clientSecret: '{clientSecret}' };
  return {
    signIn: [{ needs: ['clientId', 'clientSecret'], clientCredentials: { ...client, scope: 'users:write', sends } }],
    credentials: ['clientSecret'],
  };
}

export const TOKEN_CLIENT = { clientId: 'client:7', clientSecret: 'p% ss+word/~é' };
