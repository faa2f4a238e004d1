import { existsSync, readFileSync } from 'node:fs';

/** What went over the wire between a client and the server, as `wiretap.mjs` wrote it down. */
export interface RecordedClient {
  revision: string | undefined;
  /** What the client declared of elicitation; undefined where it cannot ask. */
  elicitation: object | undefined;
  listed: { name: string; inputSchema: unknown }[];
  questions: Question[];
}

export interface Question {
  mode: string;
  /** What the client answered, and after how many milliseconds. */
  answer?: { action: string; ms: number };
}

interface Entry {
  at: number;
  from: 'client' | 'server';
  message: Message;
}

interface Message {
  id?: string | number;
  method?: string;
  params?: {
    protocolVersion?: string;
    capabilities?: Capabilities;
    mode?: string;
    inputResponses?: Record<string, { action: string }>;
    _meta?: Record<string, unknown>;
  };
  result?: {
    protocolVersion?: string;
    tools?: RecordedClient['listed'];
    inputRequests?: Record<string, { params: { mode?: string } }>;
    action?: string;
  };
  error?: { message: string };
}

interface Capabilities {
  elicitation?: object;
}

export function readWire(log: string): RecordedClient {
  const entries = (existsSync(log) ? readFileSync(log, 'utf8') : '') // where the client never started the server
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Omit<Entry, 'message'> & { line: string })
    .map(({ at, from, line }) => ({ at, from, message: JSON.parse(line) as Message }));
  const messages = entries.map(({ message }) => message);
  const meta = (key: string) =>
    messages.map(({ params }) => params?._meta?.[`io.modelcontextprotocol/${key}`]).findLast((value) => value);
  const capabilities = messages.find(({ method }) => method === 'initialize')?.params?.capabilities;
  return {
    revision:
      messages.find(({ result }) => result?.protocolVersion)?.result?.protocolVersion ??
      toText(meta('protocolVersion')),
    elicitation: (capabilities ?? (meta('clientCapabilities') as Capabilities | undefined))?.elicitation,
    listed: messages.find(({ result }) => result?.tools)?.result?.tools ?? [],
    questions: readQuestions(entries),
  };
}

/** 2025: a request of the server's, answered by its id. 2026-07-28: part of a result, answered in the next call. */
function readQuestions(entries: readonly Entry[]): Question[] {
  const questions: (Question & { at: number; key: string })[] = [];
  const answer = (key: string, action: string | undefined, at: number) => {
    const open = questions.find((one) => one.key === key && !one.answer);
    if (open && action !== undefined) open.answer = { action, ms: at - open.at };
  };
  for (const { at, from, message } of entries) {
    const { id, method, params, result, error } = message;
    if (from === 'server') {
      if (method === 'elicitation/create') questions.push({ mode: params?.mode ?? 'form', at, key: `id ${id}` });
      for (const [key, request] of Object.entries(result?.inputRequests ?? {})) {
        questions.push({ mode: request.params.mode ?? 'form', at, key });
      }
    } else {
      answer(`id ${id}`, result?.action ?? error?.message, at);
      for (const [key, { action }] of Object.entries(params?.inputResponses ?? {})) answer(key, action, at);
    }
  }
  return questions.map(({ mode, answer: given }) => ({ mode, ...(given && { answer: given }) }));
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
