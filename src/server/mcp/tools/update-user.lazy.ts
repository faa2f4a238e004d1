import type { App } from '../../../app.ts';
import { isObject } from '../../../lib/json/json-value.ts';
import { asGiven } from '../../../lib/text/printable.ts';
import { readUpdateCall, type UpdateArguments } from '../../../update/read-call.ts';
import type { Connection } from '../../../update/types.ts';
import { originOf } from '../elicitation.ts';
import { toToolResult } from '../results.ts';
import { createRunUpdate } from '../run-update.ts';
import type { Tool } from '../tool.ts';

/** The parts of an update tool's definition that the handler needs. `connections` are those of its provider. */
export interface UpdateToolParts extends Pick<UpdateArguments, 'schemaOf' | 'options'> {
  name: string;
  connections: readonly [Connection, ...Connection[]];
}

/** The handler of one update tool. Loaded with the first call, since it imports the whole update pipeline. */
export function createUpdateHandler({ name, connections, ...parsing }: UpdateToolParts, app: App): Tool['handle'] {
  const runUpdate = createRunUpdate(app);
  return async (args, context) => {
    const connection = chooseConnection(connections, args);
    const { unreadable } = context;
    const target = { tool: name, connection, args, ...parsing, ...(unreadable && { unreadable }) };
    const { call, failed } = await readUpdateCall(target, originOf(context), await app.ports());
    return failed ? toToolResult(failed) : await runUpdate(call, context);
  };
}

/**
 * With several connections a wrong or missing name is an argument error, found by the parser. Until then the name is kept
 * as given: result and audit entry must not name a connection that the caller did not choose.
 */
function chooseConnection([first, ...others]: readonly [Connection, ...Connection[]], args: unknown): Connection {
  if (others.length === 0) return first;
  const name = isObject(args) ? args['connection'] : undefined;
  const chosen = [first, ...others].find((connection) => connection.name === name);
  return chosen ?? { ...first, name: asGiven(name) };
}
