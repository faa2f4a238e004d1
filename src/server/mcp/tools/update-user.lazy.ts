import type { App } from '../../../app.ts';
import { AppError } from '../../../errors.ts';
import { lazy } from '../../../lib/async/lazy.ts';
import { isObject } from '../../../lib/json/json-value.ts';
import { asGiven } from '../../../lib/text/printable.ts';
import { type Provider } from '../../../providers/provider.ts';
import { failUnparsed } from '../../../update/audit/record.ts';
import type { Call } from '../../../update/context.ts';
import { parseRequest } from '../../../update/request/parse.ts';
import type { ArgumentOptions, argumentsSchema } from '../../../update/request/schema.ts';
import type { Connection } from '../../../update/types.ts';
import { update } from '../../../update/update.ts';
import { converse, tokenCodec } from '../elicitation.ts';
import { toToolResult } from '../results.ts';
import type { Tool } from '../tool.ts';

/** What an update tool is made of, as far as its calls need it. */
export interface UpdateTool {
  name: string;
  connections: readonly [Connection, ...Connection[]];
  options: ArgumentOptions;
  schemaOf(provider: Provider): ReturnType<typeof argumentsSchema>;
}

/** What answers the calls of an update tool: arguments are parsed, then the road is walked. */
export function createUpdateHandler({ name, connections, options, schemaOf }: UpdateTool, app: App): Tool['handle'] {
  const codec = lazy(() => tokenCodec(app));
  return async (args, context) => {
    const ports = await app.ports();
    const connection = chooseConnection(connections, args);
    const target = { tool: name, connection, caller: context.caller, args };
    let call: Call;
    try {
      if (context.unreadable) throw context.unreadable;
      const request = parseRequest(name, connection.provider, schemaOf(connection.provider), options, args);
      call = {
        connection,
        request,
        caller: context.caller,
        canAsk: context.canAsk,
        signal: context.mcp.mcpReq.signal,
      };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return toToolResult(await failUnparsed(target, error, ports));
    }
    return await converse(context, await codec(), app.settings.confirmation.answerWithinMs, (turn) =>
      update({ ...call, ...turn }, ports),
    );
  };
}

/**
 * With several connections a wrong or missing name is a fault of the arguments, found when they are parsed. Until then
 * it stands for itself: result and record must not name a connection that nobody chose.
 */
function chooseConnection([first, ...others]: readonly [Connection, ...Connection[]], args: unknown): Connection {
  if (others.length === 0) return first;
  const wanted = isObject(args) ? args['connection'] : undefined;
  const chosen = [first, ...others].find((connection) => connection.name === wanted);
  return chosen ?? { ...first, name: asGiven(wanted) };
}
