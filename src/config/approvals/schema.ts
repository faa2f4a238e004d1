import * as z from 'zod';
import { described } from '../../lib/described.ts';

const claim = () => z.string().min(1).max(128);

/** The section `approvals` of the configuration file. */
export function approvalsSchema() {
  return described('How approvers sign in, besides a passphrase.', z.strictObject({ oidc: oidcSchema().optional() }));
}

function oidcSchema() {
  return described(
    'Sign-in of approvers by OpenID Connect: the code flow with PKCE. The redirect URI to register is `/approvals/oidc/callback` at the address of the server.',
    z.strictObject({
      issuer: described('The issuer, exactly as it names itself; https, or plain http on loopback.', z.url().max(1024)),
      clientId: described('The id of the client that is registered there.', z.string().min(1).max(512)),
      clientSecret: described(
        'The secret of that client; a public client has none.',
        z.string().min(1).max(4096),
      ).optional(),
      name: described(
        'The claim shown as the name of an approver. `email` counts only where it is verified.',
        claim(),
      ).optional(),
      allow: described(
        'Who may be an approver: claims and their values. Of each claim one value has to fit exactly; `email` counts only where it is verified.',
        z.record(claim(), z.array(z.string().min(1).max(512)).min(1).max(200)),
      ),
      may: described(
        'What these approvers may decide on: `PROVIDER:EFFECT`, `*` for any. A change of several effects needs the right to each.',
        z.array(z.string().max(128)).min(1).max(200),
      ).optional(),
      principals: described(
        'Claims that identify an approver: a caller with one of these values is the same person. `email` counts only where it is verified.',
        z.array(claim()).max(16),
      ).optional(),
      scopes: described(
        'The scopes that are asked for. Without it `openid profile email`, and each claim of `allow` that the issuer lists as a scope.',
        z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/)).max(32),
      ).optional(),
    }),
  );
}
