import { createRequire } from 'node:module';
import { ANY_RIGHT, providerOfRight, RIGHT_SYNTAX, toRights } from '../../approvals/rights.ts';
import { UsageError } from '../../errors.ts';
import { canonicalJson } from '../../lib/json/json.ts';
import { isLoopback } from '../../lib/loopback.ts';
import { DEFAULTS } from '../defaults.ts';
import type { ConfigFile } from '../schema.ts';

/** Sign-in of approvers by OpenID Connect, with defaults applied. */
export interface OidcSettings {
  issuer: string;
  clientId: string;
  /** A public client has none. */
  clientSecret: string | undefined;
  /** The claim shown as the approver's name. */
  name: string;
  /** Claims, and the values of which one has to fit. */
  allow: Readonly<Record<string, readonly string[]>>;
  may: readonly string[];
  /** Claims that identify an approver. */
  principals: readonly string[];
  /** Undefined for those of OpenID Connect, and what `allow` needs. */
  scopes: readonly string[] | undefined;
  /** Stands for everything here that decides who is an approver and what they may do. */
  digest: string;
}

type Given = NonNullable<NonNullable<ConfigFile['approvals']>['oidc']>;

/** Throws a UsageError. `providers`: the ids that a right may name. */
export function toOidcSettings(given: Given | undefined, providers: readonly string[]): OidcSettings | undefined {
  if (!given) return undefined;
  const defaults = DEFAULTS.approvals.oidc;
  const { issuer, clientId, allow, name = defaults.name, principals = defaults.principals } = given;
  checkIssuer(issuer);
  if (Object.keys(allow).length === 0) {
    throw new UsageError('approvals.oidc.allow: expected a claim and its values: without one, everybody could approve');
  }
  if (given.scopes && !given.scopes.includes('openid')) {
    throw new UsageError('approvals.oidc.scopes: expected "openid" among them');
  }
  const may = toMay(given.may ?? ANY_RIGHT, providers);
  const counted = { issuer, clientId, allow, name, may, principals };
  // Loaded here, since most starts do not need it.
  const { createHash } = createRequire(import.meta.url)('node:crypto') as typeof import('node:crypto');
  const digest = createHash('sha256').update(canonicalJson(counted)).digest('base64url').slice(0, 22);
  return { ...counted, clientSecret: given.clientSecret, scopes: given.scopes, digest };
}

/** OpenID Connect Discovery 1.0 section 3: no query and no fragment. Plain http could be read and changed on the way. */
function checkIssuer(text: string): void {
  const { protocol, hostname, search, hash, username } = new URL(text);
  const isProtected = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  if (!isProtected || search !== '' || hash !== '' || username !== '') {
    throw new UsageError('approvals.oidc.issuer: expected an https URL without query and fragment');
  }
}

function toMay(given: readonly string[], providers: readonly string[]): readonly string[] {
  const rights = toRights(given);
  const place = (right: string) => `approvals.oidc.may[${given.indexOf(right)}]`;
  if ('wrong' in rights) throw new UsageError(`${place(rights.wrong)}: expected ${RIGHT_SYNTAX}`);
  const unknown = given.find((right) => !['*', ...providers].includes(providerOfRight(right)));
  if (unknown === undefined) return rights.may;
  throw new UsageError(
    `${place(unknown)}: there is no provider "${providerOfRight(unknown)}"; expected one of ${providers.join(', ')}`,
  );
}
