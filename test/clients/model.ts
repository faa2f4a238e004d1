import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anthropic } from './dialects/anthropic.ts';
import type { Body, CallResult, Dialect, OfferedTool, Reply, Turn } from './dialects/dialect.ts';
import { gemini } from './dialects/gemini.ts';
import { openaiChat } from './dialects/openai-chat.ts';
import { openaiResponses } from './dialects/openai-responses.ts';

const DIALECTS = [anthropic, openaiChat, openaiResponses, gemini];

export interface Step {
  tool: string;
  args: Record<string, unknown>;
}

export interface Model {
  url: string;
  /** Every tool the client offered, as it described it last. */
  tools(): OfferedTool[];
  /** What came back for the step of this number. */
  result(step: number): string | undefined;
  /** Hosts beyond this machine that the client asked its proxy for; none is let through. */
  outside: ReadonlySet<string>;
  /** Bodies of all requests, for `CLIENTS_KEEP`. */
  bodies(): unknown[];
  close(): void;
}

/**
 * The stand-in for a client's model: asks for one step after the other, then says "Done.". `search` is a call it makes
 * first where the client holds its tools back until they are searched for.
 */
export async function startModel(steps: readonly Step[], search?: Step): Promise<Model> {
  const asked: { path: string; body: Body; dialect: Dialect }[] = [];
  const outside = new Set<string>();
  const server = createServer((request, response) => {
    const { pathname, host } = new URL(request.url ?? '/', 'http://model');
    if (host !== 'model') {
      outside.add(host);
      return void response.writeHead(403).end();
    }
    void read(request).then((body) => {
      const dialect = DIALECTS.find(({ serves }) => serves(pathname));
      if (!dialect || !body) return send(response, { json: {} });
      asked.push({ path: pathname, body, dialect });
      send(response, dialect.answer(body, nextTurn(dialect.tools(body), dialect.results(body)), pathname));
    });
  });
  server.on('connect', ({ url = '' }, socket) => {
    outside.add(url);
    socket.on('error', () => {});
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  /** Requests for a title or a summary offer no tools, and get a text. */
  function nextTurn(tools: readonly OfferedTool[], results: readonly CallResult[]): Turn {
    const done = new Set(results.map(({ id }) => id));
    const at = steps.findIndex((_, step) => !done.has(toId(step)));
    const step = steps[at];
    if (!step) return { text: 'Done.' };
    const tool = tools.find(({ name }) => name.endsWith(step.tool));
    if (tool) return { call: { id: toId(at), name: tool.name, namespace: tool.namespace, args: step.args } };
    const searchable = search && !done.has('search') && tools.some(({ name }) => name === search.tool);
    if (searchable) return { call: { id: 'search', name: search.tool, args: search.args } };
    return { text: `There is no tool ${step.tool}.` };
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    outside,
    tools: () => [
      ...new Map(
        asked.flatMap(({ dialect, body }) => dialect.tools(body)).map((tool) => [tool.name, tool] as const),
      ).values(),
    ],
    result: (step) =>
      asked.flatMap(({ dialect, body }) => dialect.results(body)).findLast(({ id }) => id === toId(step))?.text,
    bodies: () => asked.map(({ path, body }) => ({ path, body })),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function toId(step: number): string {
  return `call_${step}`;
}

async function read(request: IncomingMessage): Promise<Body | undefined> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text.startsWith('{') ? (JSON.parse(text) as Body) : undefined;
}

function send(response: ServerResponse, { json, events, end }: Reply): void {
  if (!events) return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) {
    if (event.type !== undefined) response.write(`event: ${event.type}\n`);
    response.write(`data: ${JSON.stringify(event)}\n\n`);
  }
  response.end(end === undefined ? '' : `data: ${end}\n\n`);
}
