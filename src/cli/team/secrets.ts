import { createHash, randomBytes } from 'node:crypto';

/** The secrets of a team server, each of 32 random bytes. */
export interface TeamSecrets {
  /** The master key, base64. */
  key: string;
  /** The bearer token of the first caller, hex: it needs no quotes in a header, a shell or a URL. */
  token: string;
  /** What the server keeps of the token, hex. */
  tokenSha256: string;
  /** The password of PostgreSQL, hex: it is part of a URL. */
  password: string;
}

export function createTeamSecrets(): TeamSecrets {
  const token = randomBytes(32).toString('hex');
  return {
    key: randomBytes(32).toString('base64'),
    token,
    tokenSha256: createHash('sha256').update(token).digest('hex'),
    password: randomBytes(32).toString('hex'),
  };
}
