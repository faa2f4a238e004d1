import { errorCode } from '../../lib/error-code.ts';

/** The connection is lost or unresponsive: whether the last statement was executed is unknown. */
export function connectionLost(message: string): Error {
  return Object.assign(new Error(message), { code: 'CONNECTION_LOST' });
}

/** The connection broke in the middle of a commit and did not come back in time. */
export function commitUnknown(cause: unknown): Error {
  return Object.assign(new Error('The answer to a commit was lost.', { cause }), { code: 'COMMIT_UNKNOWN' });
}

/** Whether a retry may succeed: the connection failed, or the cause was temporary. */
export function isPassing(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  return passing.has(code) || /^08/.test(code);
}

/**
 * An error of the database as a message for the operator, without the URL and its password; any other error unchanged.
 */
export function toStoreError(error: unknown, place: string): unknown {
  const code = errorCode(error);
  if (code === undefined) return error;
  const says = sentences[code] ?? (isPassing(error) ? unreachable : `failed with the error ${code}.`);
  return new Error(`The store ${place} ${says}`, { cause: error });
}

const passing = new Set([
  'CONNECTION_LOST',
  'COMMIT_UNKNOWN',
  // From the driver.
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'CONNECT_TIMEOUT',
  // From the network.
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ETIMEDOUT',
  // From a server that is stopping, starting or overloaded, or from a deadlock.
  '25P03',
  '40001',
  '40P01',
  '53300',
  '55P03',
  '57P01',
  '57P02',
  '57P03',
]);

const unreachable = 'cannot be reached. Check that PostgreSQL runs there and that this machine may connect to it.';
const unknownParameter = 'does not know a parameter of its URL, or its value.';
const refused = 'refuses the user or the password of its URL.';

const sentences: Record<string, string> = {
  '22021': 'does not accept UTF-8 text. Use a database whose encoding is UTF8.',
  '22023': unknownParameter,
  '23505': 'has entries after its recorded head: it was altered, or restored only in part.',
  '25006': 'is read-only, perhaps a standby. Name the primary server.',
  '28000': refused,
  '28P01': refused,
  '3D000': 'does not exist: the server has no database of that name.',
  '42704': unknownParameter,
  '42501':
    'may not be used by its user: let it make a schema (GRANT CREATE ON DATABASE), or give it the schema and its tables.',
  '53100': 'cannot grow: the disk of the server is full.',
  '53300': 'has no connection to spare. Raise max_connections of the server or run fewer instances.',
  '55P03': 'has been locked by another instance for too long.',
  '57014': 'takes too long to answer.',
  '57P03': 'is starting or stopping. Try again soon.',
  COMMIT_UNKNOWN: 'was lost in the middle of a change. Whether the change was recorded will be known once it is back.',
  ENOTFOUND: 'cannot be reached: the name of its host is unknown.',
};
