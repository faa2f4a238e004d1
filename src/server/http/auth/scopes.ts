import { SCOPES, type Scope } from '../../../config/schema.ts';
import { isObject } from '../../../lib/json/json-value.ts';
import type { Tool } from '../../mcp/tool.ts';

/**
 * What a JSON-RPC body needs: reading for tools that only read, writing for every other tool. Tools are listed to
 * whoever holds either scope, since a caller has to see a tool before it can use it.
 */
export type NeededScopes = (body: unknown, held: readonly Scope[]) => Scope[];

/**
 * The whole body is looked at, batches of the 2025 revisions included, and it is the same parsed value that is carried
 * out afterwards: there is no second reading of it that could see something else.
 */
export function createNeededScopes(tools: readonly Tool[]): NeededScopes {
  const byTool = new Map(tools.map(({ name, annotations }) => [name, scopeOf(annotations.readOnlyHint)]));
  const needs = (message: unknown, held: readonly Scope[]): Scope[] => {
    if (!isObject(message)) return [];
    if (message['method'] === 'tools/list') return held.length > 0 ? [] : ['users:read'];
    if (message['method'] !== 'tools/call') return []; // handshakes, pings and answers need a token, but no scope
    const name = isObject(message['params']) ? message['params']['name'] : undefined;
    return [(typeof name === 'string' ? byTool.get(name) : undefined) ?? 'users:read'];
  };
  return (body, held) => {
    const needed = new Set([body].flat().flatMap((message) => needs(message, held)));
    return SCOPES.filter((scope) => needed.has(scope));
  };
}

function scopeOf(readOnly: boolean): Scope {
  return readOnly ? 'users:read' : 'users:write';
}
