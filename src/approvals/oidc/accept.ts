import type { OidcSettings } from '../../config/approvals/oidc-settings.ts';
import type { Approvals, ApproverRow, NewApprover } from '../../store/approvals.ts';
import { namesOf } from '../eligibility.ts';
import { mayBeSamePerson } from '../identity.ts';
import { isOidc, readAccount, toAccountText } from './account.ts';
import { type Claims, type ReadClaims, readClaims } from './claims.ts';

export type Acceptance =
  | { kind: 'ok'; approver: NewApprover }
  | Exclude<ReadClaims, { kind: 'approver' }>
  /** The name, or one of the further names, belongs to another approver, or looks like it. */
  | { kind: 'name-taken' };

/**
 * Registers a person whose sign-in the issuer has vouched for, or refreshes the registration. One who is not allowed is
 * no approver any more: their sessions end, and their unused yeses no longer count.
 */
export async function acceptPerson(
  approvals: Pick<Approvals, 'approvers' | 'replaceApprover' | 'removeApprover'>,
  settings: OidcSettings,
  claims: Claims,
  now: number,
): Promise<Acceptance> {
  const account = { issuer: String(claims['iss']), sub: String(claims['sub']), settings: settings.digest };
  const isTheirs = ({ verifier }: ApproverRow) => {
    const known = readAccount(verifier);
    return known?.issuer === account.issuer && known.sub === account.sub;
  };
  const read = readClaims(claims, settings);
  if (read.kind === 'approver') {
    const approver = {
      name: read.name,
      verifier: toAccountText(account),
      principals: read.principals,
      may: [...settings.may],
      signedInAt: new Date(now).toISOString(),
    };
    // A registration of earlier settings does not count, and must not keep its name from the same person.
    const isOutdated = (one: ApproverRow) =>
      isOidc(one.verifier) &&
      readAccount(one.verifier)?.settings !== settings.digest &&
      mayBeSamePerson(namesOf(one), namesOf(approver));
    const replaced = await approvals.replaceApprover(
      (one) => isTheirs(one) || isOutdated(one),
      () => approver,
    );
    if (replaced.kind === 'replaced') return { kind: 'ok', approver };
  }
  for (const { name } of (await approvals.approvers()).filter(isTheirs)) await approvals.removeApprover(name);
  return read.kind === 'approver' ? { kind: 'name-taken' } : read;
}
