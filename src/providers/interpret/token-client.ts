import { UsageError } from '../../errors.ts';
import { isProtected } from '../../lib/loopback.ts';
import type { ConnectionSettings, Provider } from '../provider.ts';
import type { ClientCredentials } from '../sign-in.ts';
import { signInOf } from './address.ts';
import { fill, namesIn } from './template.ts';
import { fillUrl } from './url.ts';

/** How a connection gets access tokens, its settings filled in. */
export interface TokenClient {
  url: URL;
  id: string;
  secret: string;
  scope?: string;
  sends: ClientCredentials['sends'];
  /** The settings that the id, the secret and the scope come from. */
  names: Readonly<Record<'client' | 'scope', readonly string[]>>;
}

/**
 * The client of a connection whose way to sign in is `clientCredentials`, else undefined. The setting `tokenUrl` wins over
 * the template. Throws a UsageError if the URL is not protected or a setting is missing.
 */
export function tokenClientOf(
  provider: Pick<Provider, 'signIn'>,
  settings: ConnectionSettings,
): TokenClient | undefined {
  const { clientCredentials } = signInOf(provider, settings);
  if (!clientCredentials) return undefined;
  const { tokenUrl, clientId, clientSecret, scope = '', sends } = clientCredentials;
  const own = settings['tokenUrl'];
  const filled = typeof own === 'string' && own !== '' ? own : fillUrl(tokenUrl, settings);
  const url = filled !== undefined && URL.canParse(filled) ? new URL(filled) : undefined;
  if (!url || !isProtected(url) || url.username + url.password + url.hash !== '') {
    throw new UsageError('tokenUrl: expected an https URL (plain http only on loopback) without user name and #');
  }
  const [id, secret, scopes] = [clientId, clientSecret, scope].map((template) => fill(template, settings));
  if (id === undefined || secret === undefined || scopes === undefined) {
    const missing = namesIn(clientId + clientSecret + scope).filter((name) => (settings[name] ?? '') === '');
    throw new UsageError(missing.map((name) => `${name}: is missing`).join('\n'));
  }
  const names = { client: namesIn(clientId + clientSecret), scope: namesIn(scope) };
  return { url, id, secret, ...(scopes !== '' && { scope: scopes }), sends, names };
}

/** The client's id and secret as they are sent in a header (RFC 6749 section 2.3.1). */
export function basicOf({ id, secret }: Pick<TokenClient, 'id' | 'secret'>): string {
  return Buffer.from(`${formEncode(id)}:${formEncode(secret)}`).toString('base64');
}

/** As in `application/x-www-form-urlencoded`. */
export function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
