import { SCOPES } from '../../config/schema.ts';
import { DATABASE } from './compose.ts';
import { FILES } from './files.ts';

/** The caller that the first token stands for. */
export const CALLER = 'team';

/**
 * The configuration of a team server. Its secrets are files beside it, by relative paths, so that it can be used inside
 * a container and outside.
 */
export function toTeamConfig(connections: object, publicUrl: string): object {
  const { user, host, port, name } = DATABASE;
  return {
    ...connections,
    policy: {
      rules: [
        { name: 'joiners and leavers', effect: 'lifecycle', decision: 'approve' },
        { name: 'access rights', effect: 'access', decision: 'approve' },
      ],
    },
    store: `postgres://${user}:${toReference(FILES.password)}@${host}:${port}/${name}`,
    key: toReference(FILES.key),
    http: {
      publicUrl,
      auth: { tokens: [{ name: CALLER, sha256: toReference(FILES.token), scopes: SCOPES }] },
    },
  };
}

function toReference(file: string): string {
  return `\${file:${file}}`;
}
