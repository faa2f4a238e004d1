import type { App } from '../../../app.ts';
import { bounds } from '../../../bounds.ts';
import { AppError } from '../../../errors.ts';
import { find } from '../../../find/find.ts';
import { createLookupCounter } from '../../../find/lookup-counter.ts';
import { createRateLimit } from '../../../lib/rate-limit.ts';
import { quote } from '../../../lib/text/quote.ts';
import { BUILT_IN_CALLERS } from '../../../update/types.ts';
import { parseArguments } from '../arguments.ts';
import { toPlain } from '../results.ts';
import type { Tool } from '../tool.ts';
import { connectedIds, type findSchema } from './schemas.ts';

/** The handler of `find_user`, loaded with the first call. */
export function createFindHandler(app: App, schema: ReturnType<typeof findSchema>): Tool['handle'] {
  const { connections } = app.settings;
  const ids = connectedIds(connections);
  const rateLimit = createRateLimit({ perMinute: bounds.lookupsPerMinute });
  const countLookup = createLookupCounter(app.store, app.log);
  return async (args, { mcp, caller }) => {
    const { query, providers = ids, limit = 20 } = parseArguments(schema, args);
    const wait = rateLimit(caller?.principal ?? BUILT_IN_CALLERS.stdio);
    if (wait > 0) throw tooManyLookups(wait);
    const searched = connections.filter((connection) => providers.includes(connection.provider.id));
    const [{ users, more, gaps }] = await Promise.all([
      find(searched, query, limit, await app.findPorts(), mcp.mcpReq.signal),
      caller && countLookup(caller),
    ]);
    const found = users.length === 0 ? 'No user found.' : `${users.length} found${more > 0 ? moreText(more) : '.'}`;
    const people = users.map((user) => {
      const differs = Object.entries(user.differs ?? {}).map(([field, value]) => `${field} ${quote(value)}`);
      const facts = [user.email, user.status, ...differs].filter((fact) => fact !== undefined).join(', ');
      return `  ${quote(user.label ?? user.user_id)} at ${quote(user.connection)}: user_id ${quote(user.user_id)}${facts && ` (${facts})`}`;
    });
    const unsearched = gaps.map((gap) => `  not searched, or only in part: ${quote(gap.connection)}: ${gap.why}`);
    return {
      content: [{ type: 'text', text: [found, ...people, ...unsearched].join('\n') }],
      structuredContent: { users: toPlain(users), ...(more > 0 && { more }), not_searched: gaps, message: found },
      isError: false,
    };
  };
}

/** A look-up reveals whether a person has an account, so look-ups are limited. */
function tooManyLookups(wait: number): AppError {
  const message = `More than ${bounds.lookupsPerMinute} look-ups in a minute; nothing was looked up.`;
  return new AppError('rate_limited', message, { facts: { retryAfterSeconds: wait } });
}

function moreText(more: number): string {
  return `, and ${more} more ${more === 1 ? 'matches' : 'match'}: look for something more precise, or raise limit.`;
}
