import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type Implementation,
  McpServer,
  type ServerContext,
  type StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import { AppError } from '../errors.ts';
import type { Parts } from '../parts.ts';
import { version } from '../version.ts';
import type { Tool, ToolAnswer, ToolContext } from './tool.ts';

/** Who the transport says the caller is; on stdio that is whoever started the process. */
export type Principal = (context: ServerContext) => string;

/** An MCP server with these tools. Cheap: over HTTP one is made for every request. */
export function createMcpServer(
  tools: readonly Tool[],
  instructions: string,
  parts: Parts,
  principal: Principal,
): McpServer {
  const server = new McpServer(
    { name: 'update-user-mcp', title: 'Update users, safely', version },
    {
      capabilities: { tools: { listChanged: false } },
      instructions,
      cacheHints: { 'tools/list': { ttlMs: 300_000, cacheScope: 'private' } },
    },
  );
  for (const tool of tools) {
    const { name, title, description, annotations } = tool;
    const config = {
      title,
      description,
      annotations: { title, ...annotations },
      inputSchema: asListed(tool.inputSchema),
    };
    server.registerTool(name, config, async (args: unknown, mcp: ServerContext) => {
      return await answered(tool, args, contextOf(server, mcp, principal, parts), parts);
    });
  }
  return server;
}

/** The one boundary: what a handler throws becomes our words here, and foreign text goes no further. */
async function answered(tool: Tool, args: unknown, context: ToolContext, parts: Parts): Promise<ToolAnswer> {
  try {
    return await tool.handle(args, context);
  } catch (error) {
    const known = error instanceof AppError;
    const problem = error instanceof Error ? error.message : 'unknown';
    if (!known) parts.log.error({ tool: tool.name, problem }, 'a call failed');
    const message = known
      ? error.message
      : 'Something went wrong inside the server; its log says what. Nothing was changed.';
    const code = known ? error.code : 'internal';
    return {
      content: [{ type: 'text', text: `failed: ${message}\nCode: ${code}.` }],
      structuredContent: { outcome: 'failed', code, message, changes: [] },
      isError: true,
    };
  }
}

/** Lists the schema as it is and lets every argument through: they are parsed, and refused, by the tool itself. */
function asListed(schema: Record<string, unknown>): StandardSchemaWithJSON<unknown, unknown> {
  const json = () => schema;
  return {
    '~standard': {
      version: 1,
      vendor: 'update-user-mcp',
      validate: (value) => ({ value }),
      jsonSchema: { input: json, output: json },
    },
  };
}

function contextOf(server: McpServer, mcp: ServerContext, principal: Principal, { settings }: Parts): ToolContext {
  const envelope = mcp.mcpReq.envelope as Record<string, unknown> | undefined;
  const modern = envelope !== undefined;
  const info = (modern ? envelope[CLIENT_INFO_META_KEY] : server.server.getClientVersion()) as
    | Implementation
    | undefined;
  const capabilities = (modern ? envelope[CLIENT_CAPABILITIES_META_KEY] : server.server.getClientCapabilities()) as
    | ClientCapabilities
    | undefined;
  return {
    mcp,
    modern,
    caller: {
      principal: principal(mcp),
      ...(info && { client: `${info.name} ${info.version}`.slice(0, 80), clientName: info.name }),
    },
    canAsk: settings.confirmation.channel !== 'page' && canShowForms(capabilities),
    canOpenPages: capabilities?.elicitation?.url !== undefined,
  };
}

/** `elicitation: {}` means forms, as it did before there was another mode. */
function canShowForms(capabilities: ClientCapabilities | undefined): boolean {
  const elicitation = capabilities?.elicitation;
  if (elicitation === undefined) return false;
  return elicitation.form !== undefined || Object.keys(elicitation).length === 0;
}
