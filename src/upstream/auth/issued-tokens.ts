import type { Connection } from '../../update/types.ts';

/** The access tokens of each connection in this process, for removing them from text. */
const issued = new WeakMap<Connection, string[]>();

/** A token that ended this many tokens ago opens nothing. */
const KEPT = 100;

/** The last access tokens that were issued to a connection, ended ones too. */
export function issuedTokens(connection: Connection): readonly string[] {
  return issued.get(connection) ?? [];
}

export function addIssuedToken(connection: Connection, token: string): void {
  issued.set(connection, [...issuedTokens(connection), token].slice(-KEPT));
}
