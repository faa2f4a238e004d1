import { AppError } from '../errors.ts';
import type { Provider } from '../providers/provider.ts';
import { failUnparsedCall } from './audit/record.ts';
import type { Call } from './context.ts';
import type { Ports } from './ports.ts';
import { parseRequest } from './request/parse.ts';
import type { ArgumentOptions, argumentsSchema } from './request/schema.ts';
import type { UndoArguments } from './request/undo-schema.ts';
import type { Connection, Result } from './types.ts';
import { failUndo } from './undo/failure.ts';
import { undoRequest } from './undo/request.ts';

/** A call that `update` can run, or the result of a call that ended earlier. */
export type ReadCall = { call: Call; failed?: never } | { call?: never; failed: Result };

/** Known facts about a call before its arguments are parsed. */
export type CallOrigin = Pick<Call, 'caller' | 'canAsk' | 'signal' | 'approvalId'>;

/** An update tool with the connection that was chosen, and the arguments it got. */
export interface UpdateArguments {
  tool: string;
  connection: Connection;
  args: unknown;
  /** Why `args` could not even be read as an object. */
  unreadable?: AppError;
  schemaOf(provider: Provider): ReturnType<typeof argumentsSchema>;
  options: ArgumentOptions;
}

/** Parses the arguments of an update tool. Unusable ones end the call with an audit entry: every attempt leaves one. */
export async function readUpdateCall(
  { tool, connection, args, unreadable, schemaOf, options }: UpdateArguments,
  origin: CallOrigin,
  ports: Ports,
): Promise<ReadCall> {
  try {
    if (unreadable) throw unreadable;
    const request = parseRequest(tool, connection.provider, schemaOf(connection.provider), options, args);
    return { call: { connection, request, ...origin } };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { failed: await failUnparsedCall({ tool, connection, args, caller: origin.caller }, error, ports) };
  }
}

/**
 * Turns the arguments of an undo into the reverse of the change they name. If that fails, the call ends with an audit
 * entry under the user of that change. Throws an AppError for an id that no change has: an entry needs a user.
 */
export async function readUndoCall(
  tool: string,
  args: UndoArguments,
  connections: readonly Connection[],
  origin: CallOrigin,
  ports: Ports,
): Promise<ReadCall> {
  try {
    return { call: { ...(await undoRequest(tool, args, connections, ports)), ...origin } };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { caller, approvalId } = origin;
    const failed = await failUndo({ tool, args, caller, approvalId }, error, ports);
    if (failed) return { failed };
    const { principal, client } = caller;
    ports.log.info({ principal, client, code: error.code }, 'no change of that id to undo');
    throw error;
  }
}
