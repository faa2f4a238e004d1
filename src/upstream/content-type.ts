import type { RecordWrite } from '../providers/calls.ts';
import type { Connection } from '../update/types.ts';

/** The declared content type that the service of a connection has refused with a 415. */
const refused = new WeakMap<Connection, string>();

/** Content types of a write: what is sent, and what is left to try if the service refuses it. */
export interface ContentTypes {
  contentType: string;
  contentTypeAfter415?: string;
}

/** The declared content type, then the other one; or the other one alone if the service has refused the declared one. */
export function contentTypesOf(connection: Connection, write: RecordWrite): ContentTypes {
  const { contentType = 'application/json', contentTypeAfter415: other } = write;
  // One that was refused is not sent again.
  if (other === undefined || other === contentType) return { contentType };
  return refused.get(connection) === contentType ? { contentType: other } : { contentType, contentTypeAfter415: other };
}

/** After a 415: remembers it, and returns whether another content type is left to try. */
export function refuseContentType(connection: Connection, sent: Partial<ContentTypes>): boolean {
  refused.delete(connection); // if the other one was refused too, the next write begins anew
  if (sent.contentType === undefined || sent.contentTypeAfter415 === undefined) return false;
  refused.set(connection, sent.contentType);
  return true;
}
