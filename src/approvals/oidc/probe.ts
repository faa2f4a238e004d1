import type { OidcSettings } from '../../config/approvals/oidc-settings.ts';
import { discover } from './client.ts';
import { offersPkce } from './metadata.ts';
import { OidcError } from './problem.ts';

export type IssuerReport = { ok: true; offersPkce: boolean; namesItself: boolean } | { ok: false; detail: string };

/** Reads what an issuer says about itself; nobody is signed in. */
export async function probeIssuer(settings: OidcSettings): Promise<IssuerReport> {
  try {
    const server = await discover(await import('openid-client'), settings);
    const namesItself = server.authorization_response_iss_parameter_supported === true;
    return { ok: true, offersPkce: offersPkce(server), namesItself };
  } catch (error) {
    if (error instanceof OidcError) return { ok: false, detail: error.detail };
    throw error;
  }
}
