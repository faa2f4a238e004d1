import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type Implementation,
  type Tool as ListedTool,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { App } from '../../app.ts';
import { AppError } from '../../errors.ts';
import { errorFacts } from '../../lib/error-facts.ts';
import { printable } from '../../lib/text/printable.ts';
import { version } from '../../lib/version.ts';
import type { Caller } from '../../update/types.ts';
import { argumentsProblem } from '../json-rpc/call-arguments.ts';
import { failed } from './invalid-arguments.ts';
import { limitResultSize } from './result-size.ts';
import type { Tool, ToolContext, ToolResult } from './tool.ts';

/** Who the transport says the caller is; on stdio that is whoever started the process. */
export type Principal = (context: ServerContext) => Pick<Caller, 'principal' | 'identities'>;

/**
 * An MCP server with these tools. On the SDK's lower class: over HTTP a server is made for every request, and to register
 * each tool anew costs more than to answer from a list that was made once.
 */
export function createMcpServer(toolbox: Toolbox, instructions: string, app: App, principal: Principal): Server {
  const server = new Server(
    { name: 'update-user-mcp', title: 'Update users, safely', version },
    {
      capabilities: { tools: { listChanged: false } },
      instructions,
      cacheHints: { 'tools/list': { ttlMs: 300_000, cacheScope: 'private' } },
    },
  );
  server.setRequestHandler('tools/list', () => ({ tools: toolbox.listed }));
  server.setRequestHandler('tools/call', async ({ params }, mcp) => {
    const tool = toolbox.byName.get(params.name);
    if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Tool ${printable(params.name)} not found`);
    const problem = argumentsProblem(params.arguments);
    const context = contextOf(server, mcp, principal, app);
    if (problem === undefined) return await answered(tool, withoutClientHints(params.arguments ?? {}), context, app);
    const unreadable = new AppError('invalid_input', `arguments: ${problem}`);
    return await answered(tool, {}, { ...context, unreadable }, app);
  });
  return server;
}

/**
 * Gemini CLI adds `wait_for_previous` to every schema it hands its model, to order calls by, and passes it on. It is no
 * wish of the caller's, and says nothing to the server.
 */
function withoutClientHints(args: object): object {
  if (typeof (args as Record<string, unknown>)['wait_for_previous'] !== 'boolean') return args;
  return Object.fromEntries(Object.entries(args).filter(([name]) => name !== 'wait_for_previous'));
}

/** Tools as they are listed, and as they are called. */
export interface Toolbox {
  listed: ListedTool[];
  byName: ReadonlyMap<string, Tool>;
}

export function toToolbox(tools: readonly Tool[]): Toolbox {
  return { listed: tools.map(toListed), byName: new Map(tools.map((tool) => [tool.name, tool])) };
}

function toListed({ name, title, description, inputSchema, annotations }: Tool): ListedTool {
  // Every one of ours is an object, as the protocol demands of all.
  const schema = inputSchema as ListedTool['inputSchema'];
  return { name, title, description, inputSchema: schema, annotations: { title, ...annotations } };
}

/** The one boundary: what a handler throws becomes our words here, and foreign text goes no further. */
async function answered(tool: Tool, args: unknown, context: ToolContext, app: App): Promise<ToolResult> {
  try {
    if (context.unreadable && !tool.recordsUnreadable) throw context.unreadable;
    return limitResultSize(await tool.handle(args, context), tool.answerBytes);
  } catch (error) {
    const known = error instanceof AppError;
    if (!known) app.log.error({ tool: tool.name, ...errorFacts(error) }, 'a call failed');
    return failed(
      known ? error : new AppError('internal', 'Something went wrong inside the server; its log says what.'),
    );
  }
}

function contextOf(server: Server, mcp: ServerContext, principal: Principal, { settings }: App): ToolContext {
  const envelope = mcp.mcpReq.envelope as Record<string, unknown> | undefined;
  const modern = envelope !== undefined;
  const info = (modern ? envelope[CLIENT_INFO_META_KEY] : server.getClientVersion()) as Implementation | undefined;
  const capabilities = (modern ? envelope[CLIENT_CAPABILITIES_META_KEY] : server.getClientCapabilities()) as
    | ClientCapabilities
    | undefined;
  return {
    mcp,
    modern,
    caller: {
      ...principal(mcp),
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
