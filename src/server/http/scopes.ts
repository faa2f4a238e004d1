import { SCOPES, type Scope } from '../../config/http.ts';
import { isObject } from '../../providers/provider.ts';
import type { Tool } from '../tool.ts';

/** What a JSON-RPC body needs: reading for lists and for tools that only read, writing for every other tool. */
export type NeededScopes = (body: unknown) => Scope[];

/**
 * The whole body is looked at, batches of the 2025 revisions included, and it is the same parsed value that is carried
 * out afterwards: there is no second reading of it that could see something else.
 */
export function createNeededScopes(tools: readonly Tool[]): NeededScopes {
  const byTool = new Map(tools.map(({ name, annotations }) => [name, scopeOf(annotations.readOnlyHint)]));
  const needs = (message: unknown): Scope[] => {
    if (!isObject(message)) return [];
    if (message['method'] === 'tools/list') return ['users:read'];
    if (message['method'] !== 'tools/call') return []; // handshakes, pings and answers need a token, but no scope
    const name = isObject(message['params']) ? message['params']['name'] : undefined;
    return [(typeof name === 'string' ? byTool.get(name) : undefined) ?? 'users:read'];
  };
  return (body) => {
    const needed = new Set((Array.isArray(body) ? body : [body]).flatMap(needs));
    return SCOPES.filter((scope) => needed.has(scope));
  };
}

function scopeOf(readOnly: boolean): Scope {
  return readOnly ? 'users:read' : 'users:write';
}
