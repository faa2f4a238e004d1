import { InitializeRequestSchema, ListToolsRequestSchema, PingRequestSchema } from '@modelcontextprotocol/core';
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type Implementation,
  type JSONRPCRequest,
  type Tool as ListedTool,
  ProtocolError,
  ProtocolErrorCode,
  type Result,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type * as z from 'zod';
import manifest from '../../../package.json' with { type: 'json' };
import type { App } from '../../app.ts';
import { AppError } from '../../errors.ts';
import { lazy } from '../../lib/async/lazy.ts';
import { isObject } from '../../lib/json/json-value.ts';
import { printable } from '../../lib/text/printable.ts';
import type { Caller } from '../../update/types.ts';
import { argumentsProblem } from '../json-rpc/call-arguments.ts';
import type { Tool, ToolContext } from './tool.ts';

/** The caller as the transport verified it. On stdio that is the user who started the process. */
export type IdentifyCaller = (context: ServerContext) => Pick<Caller, 'principal' | 'identities'>;

/** What handles calls is loaded with the first one, so that tools are listed soon. */
const calling = lazy(async () => await import('./tools/call-tool.ts'));

/**
 * An MCP server with these tools. Built on the SDK's low-level class: over HTTP every request gets a server of its own,
 * and registering each tool anew costs more than answering from a list made once. What the SDK's handlers connect it to
 * decides on the revision; `supportedProtocolVersions` is for a server that is connected without them.
 */
export function createMcpServer(
  toolbox: Toolbox,
  instructions: string,
  app: App,
  identifyCaller: IdentifyCaller,
  supportedProtocolVersions?: string[],
): Server {
  const server = new ToolServer(
    { name: 'update-user-mcp', title: 'Update users, safely', version: manifest.version },
    {
      capabilities: { tools: { listChanged: false } },
      instructions,
      ...(supportedProtocolVersions && { supportedProtocolVersions }),
      cacheHints: { 'tools/list': { ttlMs: 300_000, cacheScope: 'private' } },
    },
  );
  server.removeNotificationHandler('notifications/initialized'); // does nothing, and would be validated
  server.setRequestHandler('tools/list', () => ({ tools: toolbox.listed }));
  server.setCallHandler(async ({ params }, mcp) => {
    const { tool, args } = readToolCall(toolbox, params);
    const { callTool } = await calling();
    const context = contextOf(server, mcp, identifyCaller, app);
    const problem = argumentsProblem(args);
    if (problem === undefined) return await callTool(tool, withoutClientHints(args), context, app);
    const unreadable = new AppError('invalid_input', `arguments: ${problem}`);
    return await callTool(tool, {}, { ...context, unreadable }, app);
  });
  return server;
}

type Handler = (request: JSONRPCRequest, mcp: ServerContext) => Promise<Result>;

/** The params of the requests of every revision that are no tool calls, by method. */
const PARAMS: ReadonlyMap<string, z.ZodType> = new Map(
  [InitializeRequestSchema, PingRequestSchema, ListToolsRequestSchema].map(({ shape }) => [
    shape.method.value,
    shape.params,
  ]),
);

/**
 * Hands tool calls to their handler as they are. The SDK would validate each call twice and its result once more, although
 * our own schemas parse the arguments and all results have one shape. The first message that it validates by itself makes
 * it create the 750 schemas of a protocol revision, so the other requests are validated with the schemas named here.
 */
class ToolServer extends Server {
  /** The SDK's constructor calls this too, to handle `initialize` and `ping`. */
  override setRequestHandler(method: string, ...given: [unknown, unknown?]): void {
    const [handler] = given;
    const schema = PARAMS.get(method);
    if (schema && typeof handler === 'function') {
      super.setRequestHandler(method, { params: schema }, (params, mcp) => handler({ method, params }, mcp));
    } else {
      super.setRequestHandler(...([method, ...given] as Parameters<Server['setRequestHandler']>));
    }
  }

  setCallHandler(handler: Handler): void {
    this.#handleCall = handler;
    this.setRequestHandler('tools/call', () => ({ content: [] })); // replaced below
  }

  #handleCall: Handler | undefined;

  protected override _wrapHandler(method: string, handler: Handler): Handler {
    return method === 'tools/call' && this.#handleCall ? this.#handleCall : super._wrapHandler(method, handler);
  }
}

function readToolCall({ byName }: Toolbox, params: unknown): { tool: Tool; args: Record<string, unknown> } {
  const { name, arguments: args = {} } = isObject(params) ? params : {};
  if (typeof name !== 'string' || !isObject(args)) {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'tools/call needs the name of a tool');
  }
  const tool = byName.get(name);
  if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Tool ${printable(name)} not found`);
  return { tool, args };
}

/** Gemini CLI adds `wait_for_previous` to every schema, to order the calls of its model, and sends it along. */
function withoutClientHints(args: object): object {
  if (!('wait_for_previous' in args) || typeof args.wait_for_previous !== 'boolean') return args;
  return Object.fromEntries(Object.entries(args).filter(([name]) => name !== 'wait_for_previous'));
}

/** Tools as they are listed, and by name as they are called. */
export interface Toolbox {
  listed: ListedTool[];
  byName: ReadonlyMap<string, Tool>;
}

export function toToolbox(tools: readonly Tool[]): Toolbox {
  return { listed: tools.map(toListedTool), byName: new Map(tools.map((tool) => [tool.name, tool])) };
}

function toListedTool({ name, title, description, inputSchema, annotations }: Tool): ListedTool {
  // Each of our schemas is an object, as the protocol requires.
  const schema = inputSchema as ListedTool['inputSchema'];
  return { name, title, description, inputSchema: schema, annotations: { title, ...annotations } };
}

function contextOf(server: Server, mcp: ServerContext, identifyCaller: IdentifyCaller, { settings }: App): ToolContext {
  // The SDK has validated the envelope, and leaves it untyped.
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
      ...identifyCaller(mcp),
      ...(info && { client: `${info.name} ${info.version}`.slice(0, 80), clientName: info.name }),
    },
    canAsk: settings.confirmation.channel !== 'page' && canShowForms(capabilities),
    canOpenPages: capabilities?.elicitation?.url !== undefined,
  };
}

/** `elicitation: {}` means forms: it predates the other modes. */
function canShowForms(capabilities: ClientCapabilities | undefined): boolean {
  const elicitation = capabilities?.elicitation;
  if (elicitation === undefined) return false;
  return elicitation.form !== undefined || Object.keys(elicitation).length === 0;
}
