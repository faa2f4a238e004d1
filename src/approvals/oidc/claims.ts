import type { OidcSettings } from '../../config/approvals/oidc-settings.ts';
import { lookalikeForms } from '../../lib/text/lookalike.ts';
import { approverOf } from '../identity.ts';

/** What an issuer says about a person who signed in. */
export type Claims = Readonly<Record<string, unknown>>;

/** An approver by their claims, or why they may not be one. */
export type ReadClaims =
  | { kind: 'approver'; name: string; principals: string[] }
  /** A claim of `allow` has no value that fits. */
  | { kind: 'not-allowed' }
  /** The claim that names approvers is missing, not verified, or no name. */
  | { kind: 'no-name' };

const MAX_NAME = 128;

export function readClaims(claims: Claims, settings: OidcSettings): ReadClaims {
  const fits = Object.entries(settings.allow).every(([claim, allowed]) =>
    valuesOf(claims, claim).some((value) => allowed.includes(value)),
  );
  if (!fits) return { kind: 'not-allowed' };
  const name = (valuesOf(claims, settings.name)[0] ?? '').normalize('NFC').trim();
  if (!isName(name)) return { kind: 'no-name' };
  // The issuer's own name for the person is one that no claim can take away.
  const own = `${String(claims['iss'])}#${String(claims['sub'])}`;
  const others = settings.principals.flatMap((claim) => identitiesOf(claims, claim));
  // None is left out, or its owner could agree to what they asked for under it.
  return { kind: 'approver', name, principals: [...new Set([own, ...others])] };
}

/** The claims that have to be known, to ask for those that an ID token leaves out. */
export function claimsNeeded({ allow, name, principals }: OidcSettings): string[] {
  return [...new Set([...Object.keys(allow), name, ...principals])];
}

/**
 * The claims of an ID token, completed by those of the user info. An address of the one is not verified by what the other
 * says about another address.
 */
export function mergeClaims(token: Claims, info: Claims): Claims {
  const { email_verified: isVerified, ...others } = info;
  const isSame = !Object.hasOwn(token, 'email') || token['email'] === info['email'];
  return { ...others, ...(isSame && { email_verified: isVerified }), ...token };
}

/** The texts of a claim, which may be one or several. */
function valuesOf(claims: Claims, claim: string): string[] {
  return whatIsIn(claims, claim).filter(isText);
}

/** A number, such as that of an employee, identifies a person as well as a text does. */
function identitiesOf(claims: Claims, claim: string): string[] {
  return whatIsIn(claims, claim)
    .map((value) => (typeof value === 'number' ? String(value) : value))
    .filter(isText);
}

/** An address counts only if the issuer verified it. */
function whatIsIn(claims: Claims, claim: string): unknown[] {
  if (!Object.hasOwn(claims, claim) || (claim === 'email' && claims['email_verified'] !== true)) return [];
  return [claims[claim]].flat();
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Something that people can read and tell apart, on one line, and that is no principal of an approver who asks. */
function isName(text: string): boolean {
  const isPlain = text.isWellFormed() && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text);
  return isPlain && text.length <= MAX_NAME && lookalikeForms(text).size > 0 && approverOf(text) === undefined;
}
