import { canonicalJson } from '../../lib/json/json.ts';
import type { UpdateContext } from '../context.ts';
import type { Plan } from '../plan/types.ts';

/**
 * Keyed hashes of what a yes or a no is bound to. Keyed, since the token that carries one is readable by the client, and
 * a short secret could be guessed from a plain hash.
 */

/** The change and who asks for it, whatever reason is given. An approval is bound to it. */
export function digestOf({ call, ports }: UpdateContext, plan: Plan): string {
  const { request, connection, caller } = call;
  const bound = {
    tool: request.tool,
    provider: connection.provider.id,
    connection: connection.name,
    user: plan.userId,
    label: plan.label,
    version: plan.version,
    leaves: boundLeaves(plan),
    warnings: plan.warnings,
    undoes: request.undo?.changeId,
    contested: plan.contested,
    principal: caller.principal,
    client: caller.clientName,
  };
  return ports.seal.hmac('digest', canonicalJson(bound));
}

/** A question in a client shows the reason, so its answer is bound to that reason too. */
export function questionDigest(context: UpdateContext, plan: Plan): string {
  const { call, ports } = context;
  return ports.seal.hmac('question', canonicalJson([digestOf(context, plan), call.request.reason ?? '']));
}

/**
 * Everything a yes is bound to, except for the user record: a newer request with the same key replaces the earlier one.
 * With less, a merely similar request would replace another, and void an approval that its caller still waits to use.
 * The same change with another reason is the same request.
 */
export function requestKeyOf({ call, ports }: UpdateContext): string {
  const { request, connection, caller } = call;
  const bound = {
    tool: request.tool,
    connection: connection.name,
    user: request.userId,
    set: Object.fromEntries(request.set),
    clear: request.clear,
    askFor: request.askFor,
    undo: request.undo?.changeId,
    principal: caller.principal,
    client: caller.clientName,
  };
  return ports.seal.hmac('request', canonicalJson(bound));
}

/**
 * What a no is bound to: the fields that would change, with old and new values. The tool, the client, the reason and
 * the unchanged parts of the user record do not count: otherwise varying them would bypass a no.
 */
export function changeKeyOf({ call, ports }: UpdateContext, plan: Plan): string {
  const change = {
    provider: call.connection.provider.id,
    connection: call.connection.name,
    user: plan.userId,
    leaves: boundLeaves(plan),
    principal: call.caller.principal,
  };
  return ports.seal.hmac('change', canonicalJson(change));
}

/** Every leaf with its values; an absent one is not the same as null. */
function boundLeaves({ leaves }: Plan) {
  return leaves.map(({ path, place, before, after, asked }) => ({
    path,
    place,
    asked,
    before: before === undefined ? [] : [before],
    after: after === undefined ? [] : [after],
  }));
}
