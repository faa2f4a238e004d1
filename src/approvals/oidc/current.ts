import type { OidcSettings } from '../../config/approvals/oidc-settings.ts';
import type { ApproverRow } from '../../store/approvals.ts';
import { isOidc, readAccount } from './account.ts';

/**
 * The approvers who count under the settings of now: a sign-in that other settings allowed says nothing about who is
 * allowed by these.
 */
export function currentApprovers(approvers: readonly ApproverRow[], oidc: OidcSettings | undefined): ApproverRow[] {
  return approvers.filter(({ verifier }) => !isOidc(verifier) || isCurrent(verifier, oidc));
}

function isCurrent(verifier: string, oidc: OidcSettings | undefined): boolean {
  return oidc !== undefined && readAccount(verifier)?.settings === oidc.digest;
}
