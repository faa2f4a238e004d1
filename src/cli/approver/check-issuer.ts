import type { Settings } from '../../config/load.ts';

/** What `doctor` finds about the sign-in of approvers by OpenID Connect; undefined where it is not set up. */
export async function checkIssuer({
  approvals: { oidc },
  http,
}: Settings): Promise<{ what: string; ok: boolean; detail: string } | undefined> {
  if (!oidc) return undefined;
  const what = 'approvals.oidc';
  const { probeIssuer } = await import('../../approvals/oidc/probe.ts');
  const report = await probeIssuer(oidc);
  if (!report.ok) {
    const detail = `${oidc.issuer} did not answer as an issuer of that name (${report.detail}); check approvals.oidc.issuer, the network and the proxy.`;
    return { what, ok: false, detail };
  }
  const pkce = report.offersPkce
    ? 'offers PKCE'
    : 'does not say that it offers PKCE (S256), which some issuers support all the same';
  const back = `${http.publicUrl ?? 'the address of the server'}/approvals/oidc/callback`;
  return { what, ok: true, detail: `${new URL(oidc.issuer).host} answers and ${pkce}; redirect URI: ${back}` };
}
