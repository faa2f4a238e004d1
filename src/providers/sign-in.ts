import type { Template } from './calls.ts';

/** One way to sign in. The first whose settings are all given is used. */
export interface SignIn {
  needs: readonly [string, ...string[]];
  /** Headers that authenticate; templates of settings. */
  headers?: Readonly<Record<string, Template>>;
  /** RFC 7617. */
  basic?: readonly [user: Template, password: Template];
  clientCredentials?: ClientCredentials;
}

/** An access token for a client (RFC 6749 section 4.4), fetched on first use and renewed before it ends, or after a 401. */
export interface ClientCredentials {
  /** A whole URL; its host is the only one besides the base URL's that the connection reaches. */
  tokenUrl: Template;
  clientId: Template;
  clientSecret: Template;
  scope?: Template;
  /** Where the client's id and secret go (RFC 6749 section 2.3.1). */
  sends: 'basic' | 'form';
}
