import { SCOPES, type Scope } from '../../../config/schema.ts';
import { isObject } from '../../../lib/json/json-value.ts';
import type { Tool } from '../../mcp/tool.ts';

/**
 * The scopes that a JSON-RPC body needs: reading for read-only tools, writing for every other tool. Either scope lists the
 * tools, since a caller has to see a tool before it can use it.
 */
export type NeededScopes = (body: unknown, held: readonly Scope[]) => Scope[];

/**
 * Checks the whole body, batches of the 2025 revisions included. The same parsed value is executed afterwards, so no
 * second parser can read it differently.
 */
export function createNeededScopes(tools: readonly Tool[]): NeededScopes {
  const byTool = new Map<string, Scope>(
    tools.map(({ name, annotations }) => [name, annotations.readOnlyHint ? 'users:read' : 'users:write']),
  );
  const needs = (message: unknown, held: readonly Scope[]): Scope[] => {
    if (!isObject(message)) return [];
    if (message['method'] === 'tools/list') return held.length > 0 ? [] : ['users:read'];
    if (message['method'] !== 'tools/call') return []; // handshakes, pings and responses need a token, but no scope
    const name = isObject(message['params']) ? message['params']['name'] : undefined;
    return [(typeof name === 'string' ? byTool.get(name) : undefined) ?? 'users:read'];
  };
  return (body, held) => {
    const needed = new Set([body].flat().flatMap((message) => needs(message, held)));
    return SCOPES.filter((scope) => needed.has(scope));
  };
}
