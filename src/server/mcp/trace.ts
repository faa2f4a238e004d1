import { TRACEPARENT_META_KEY } from '@modelcontextprotocol/server';
import type { ToolContext } from './tool.ts';

/** The trace a call belongs to: what the message itself says, else what came with the HTTP request. Not yet checked. */
export function traceparentOf({ mcp }: ToolContext): unknown {
  const meta: Readonly<Record<string, unknown>> = mcp.mcpReq._meta ?? {};
  return meta[TRACEPARENT_META_KEY] ?? mcp.http?.req?.headers.get('traceparent') ?? undefined;
}
