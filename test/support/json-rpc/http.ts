import { createInbox, type RpcMessage } from './inbox.ts';
import {
  callMessage,
  cancelMessage,
  type Extras,
  helloMessage,
  INITIALIZED,
  type RawMcpClient,
  type RawMcpOptions,
  toReply,
} from './stdio.ts';

/** The same raw client over HTTP. In the 2025 era another client name means another session. */

type RawMcpHttpClient = Omit<RawMcpClient, 'log' | 'isAlive' | 'kill'>;

export async function connectRawHttp(
  url: string,
  token: string,
  options: RawMcpOptions = {},
): Promise<RawMcpHttpClient> {
  const { era = '2026', client = 'wire', asks = true } = options;
  const inbox = createInbox();
  const lines: string[] = [];
  const flights = new Map<unknown, AbortController>();
  const sessions = new Map<string, Promise<string>>();
  /** The session in which a question of the server arrived. */
  const askedIn = new Map<unknown, string>();
  const closing = new AbortController();
  let nextId = 1;

  const take = (text: string, session: string) => {
    lines.push(text);
    const message = JSON.parse(text) as RpcMessage;
    if (message.method !== undefined && message.id !== undefined) askedIn.set(message.id, session);
    inbox.take(message);
  };

  /** Resolves when the response has begun. */
  async function post(text: string, session: string, headers: Record<string, string>, signal?: AbortSignal) {
    const answer = await fetch(`${url}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(session !== '' && { 'mcp-session-id': session, 'mcp-protocol-version': '2025-06-18' }),
        ...headers,
      },
      body: text,
      signal: signal ? AbortSignal.any([signal, closing.signal]) : closing.signal,
    });
    lines.push(JSON.stringify([...answer.headers]));
    return answer;
  }

  async function read(answer: Response, session: string, id: unknown): Promise<void> {
    if (answer.headers.get('content-type')?.startsWith('text/event-stream')) {
      let rest = '';
      for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const events = (rest + chunk).split('\n\n');
        rest = events.pop() ?? '';
        for (const event of events) {
          const data = event.split('\n').flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trim()] : []));
          if (data.join('') !== '') take(data.join('\n'), session);
        }
      }
      return;
    }
    const text = await answer.text();
    if (text === '') return;
    const message = JSON.parse(text) as RpcMessage;
    // An error about a whole message has no id. Here each request has its own body.
    take(message.error && id !== undefined ? JSON.stringify({ ...message, id }) : text, session);
  }

  async function exchange(text: string, session: string, id?: unknown, headers: Record<string, string> = {}) {
    const flight = new AbortController();
    if (id !== undefined) flights.set(id, flight);
    const answer = await post(text, session, headers, flight.signal);
    void read(answer, session, id).catch((error: unknown) => {
      if (!flight.signal.aborted) inbox.end(new Error('the answer broke off', { cause: error }));
    });
  }

  let sending: Promise<void> = Promise.resolve();
  const broken = (error: unknown) => {
    if (!(error instanceof DOMException)) inbox.end(new Error('the server cannot be reached', { cause: error }));
  };

  const sessionOf = (name: string): Promise<string> => {
    const known = sessions.get(name) ?? hello(name);
    sessions.set(name, known);
    return known;
  };
  async function hello(name: string): Promise<string> {
    const answer = await post(JSON.stringify(helloMessage(name, asks)), '', {});
    const session = answer.headers.get('mcp-session-id') ?? '';
    await answer.text();
    await (await post(JSON.stringify(INITIALIZED), session, {})).text();
    return session;
  }

  const postText = (tool: string, args: string, extras: Extras = {}) => {
    const { id = nextId++, client: name = client } = extras;
    const text = callMessage(id, tool, args, extras, options);
    const modern = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': tool };
    const sent =
      era === '2026' ? exchange(text, '', id, modern) : sessionOf(name).then((session) => exchange(text, session, id));
    void sent.catch(broken);
    return id;
  };
  const sendOne = async (message: RpcMessage | readonly unknown[], text: string) => {
    const id = 'method' in message ? message.id : undefined;
    const session = ('id' in message && askedIn.get(message.id)) || (await sessionOf(client));
    await exchange(text, 'method' in message || Array.isArray(message) ? await sessionOf(client) : session, id);
  };
  const wire: RawMcpHttpClient = {
    async call(tool, args, extras) {
      return toReply(await inbox.answerTo(wire.post(tool, args, extras)));
    },
    async callText(tool, args, extras) {
      return toReply(await inbox.answerTo(postText(tool, args, extras)));
    },
    post: (tool, args, extras) => postText(tool, JSON.stringify(args), extras),
    answerTo: (id) => inbox.answerTo(id),
    send: (message) => wire.sendText(JSON.stringify(message)),
    /** Line by line, each in its own POST, once the response to the previous one has begun. */
    sendText(text) {
      for (const one of text.split('\n').filter(Boolean)) {
        sending = sending.then(() => sendOne(JSON.parse(one) as RpcMessage, one));
        sending = sending.catch(broken);
      }
    },
    nextRequest: () => inbox.nextRequest(),
    answerOrRequest: (id) => inbox.answerOrRequest(id),
    cancel(id) {
      if (era === '2025') wire.send(cancelMessage(id));
      else flights.get(id)?.abort();
    },
    lines,
    async otherPages() {
      const headers = { authorization: `Bearer ${token}` };
      const answers = ['/metrics', '/healthz', '/readyz', '/approvals/sign-in'].map((path) =>
        fetch(url + path, { headers }),
      );
      return await Promise.all(answers.map(async (answer) => await (await answer).text()));
    },
    async close() {
      closing.abort();
    },
  };
  if (era === '2025') await sessionOf(client);
  return wire;
}
