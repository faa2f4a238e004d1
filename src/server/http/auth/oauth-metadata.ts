import type { HttpAuth } from '../../../config/http.ts';
import { SCOPES } from '../../../config/schema.ts';
import { methodNotAllowed } from '../responses.ts';
import type { HttpRoute } from '../router.ts';

const PATH = '/.well-known/oauth-protected-resource/mcp';

/** Where a client without a valid token learns how to get one (RFC 9728 section 3.1). */
export function metadataUrl(origin: string): string {
  return `${origin}${PATH}`;
}

/** The protected resource metadata of `/mcp` (RFC 9728 section 2). Without OAuth it names no authorization server. */
export function metadataRoute({ oauth }: HttpAuth): HttpRoute {
  return {
    prefix: PATH,
    maxBodyBytes: 0,
    fetch(request, { origin }) {
      if (request.method !== 'GET') return methodNotAllowed('GET');
      return Response.json({
        resource: `${origin}/mcp`,
        ...(oauth && { authorization_servers: [oauth.issuer] }),
        scopes_supported: SCOPES,
        bearer_methods_supported: ['header'],
        resource_name: 'update-user-mcp',
      });
    },
  };
}
