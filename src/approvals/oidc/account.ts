/**
 * Who an approver is who signs in by OpenID Connect, in place of a passphrase's verifier:
 * `oidc$1$ISSUER$SUB$SETTINGS`, the first two in base64url. The last stands for the settings the sign-in was allowed by.
 */
export interface OidcAccount {
  issuer: string;
  sub: string;
  /** A digest of the settings. */
  settings: string;
}

/** What is stored in place of a verifier. No passphrase fits it. */
export function toAccountText({ issuer, sub, settings }: OidcAccount): string {
  const [iss, subject] = [issuer, sub].map((text) => Buffer.from(text).toString('base64url'));
  return ['oidc', '1', iss, subject, settings].join('$');
}

/** Undefined for an approver with a passphrase. */
export function readAccount(verifier: string): OidcAccount | undefined {
  const [, issuer = '', sub = '', settings = ''] = /^oidc\$1\$([\w-]+)\$([\w-]+)\$([\w-]+)$/.exec(verifier) ?? [];
  if (settings === '') return undefined;
  const [iss = '', subject = ''] = [issuer, sub].map((text) => Buffer.from(text, 'base64url').toString());
  return { issuer: iss, sub: subject, settings };
}

/** Whether an approver signs in by OpenID Connect. */
export function isOidc(verifier: string): boolean {
  return verifier.startsWith('oidc$');
}
