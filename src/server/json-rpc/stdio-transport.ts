import type { Readable, Writable } from 'node:stream';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/server';
import { stringifyJson } from '../../lib/json/json.ts';
import { createLineWriter } from './line-writer.ts';
import { splitLines } from './lines.ts';
import { createOpenRequests, type RequestBatch } from './open-requests.ts';
import { errorForSkippedLine, INVALID_REQUEST, type ParsedMessage, parseMessages, rpcError } from './parse.ts';

/** The same limit as the SDK's own transport. The size of a call is limited later. */
const MAX_LINE_BYTES = 10 * 1024 * 1024;
/** The last revision with batches (https://modelcontextprotocol.io/specification/2025-06-18/changelog). */
const LAST_WITH_BATCHES = '2025-03-26';
const INTERNAL_ERROR = -32_603;

/**
 * JSON-RPC over lines. Replaces the SDK's transport, which does not respond to messages it cannot read, stops at a line
 * that is too long, and closes the output together with the input.
 */
export interface StdioTransport extends Transport {
  /** Resolves when nothing more will be read. */
  inputEnded: Promise<void>;
  /** Resolves when the client no longer reads, or the transport was closed. */
  outputClosed: Promise<void>;
  /** Resolves when every request read so far has a response and the responses were sent. */
  drained(): Promise<void>;
  /** Responds to every open request with an error. */
  failOpenRequests(message: string): void;
}

/** `onIgnored` is called with the reason when a message gets no response. */
export function createStdioTransport(
  input: Readable,
  output: Writable,
  onIgnored: (why: string) => void,
): StdioTransport {
  const inputEnded = createFlag();
  const outputClosed = createFlag();
  let revision: string | undefined;
  let isClosed = false;

  const writeLine = createLineWriter(output);
  const write = (message: unknown) => writeLine(stringifyJson(message));
  const requests = createOpenRequests(write);
  /** A closed output is reported by its own event. */
  const respond = (response: { id?: unknown }) => void requests.respond(response).catch(() => {});

  /** The requested revision at first, since a client may go on without waiting; then the negotiated one. */
  const negotiate = (version: unknown) => {
    if (typeof version === 'string') revision = version;
  };
  const deliver = (message: JSONRPCMessage, batch?: RequestBatch) => {
    // A subscription gets its response when it ends, and it ends with the server.
    if (isRequest(message) && (batch || message.method !== 'subscriptions/listen')) requests.add(message.id, batch);
    if ('method' in message && message.method === 'initialize') negotiate(message.params?.['protocolVersion']);
    if ('method' in message && message.method === 'notifications/cancelled') {
      requests.cancel(message.params?.['requestId']);
    }
    transport.onmessage?.(message);
  };
  const deliverBatch = (members: readonly ParsedMessage[]) => {
    const hasBatches = revision !== undefined && revision <= LAST_WITH_BATCHES;
    const batch: RequestBatch = { open: new Set(), responses: [] };
    const messages: JSONRPCMessage[] = [];
    for (const member of members) {
      if (member.kind === 'ignored') onIgnored(member.why);
      else if (member.kind === 'invalid') batch.responses.push(member.error);
      else if (!isRequest(member.message)) messages.push(member.message);
      else {
        const { id, method } = member.message;
        const problem = hasBatches ? problemInBatch(method, requests.has(id) || batch.open.has(id)) : NO_BATCHES;
        if (problem !== undefined) batch.responses.push(rpcError(id, INVALID_REQUEST, problem));
        else {
          batch.open.add(id); // before the first is delivered, so that no response is sent alone
          messages.push(member.message);
        }
      }
    }
    if (!hasBatches) return batch.responses.forEach((response) => respond(response));
    if (batch.open.size === 0 && batch.responses.length > 0) void write(batch.responses).catch(() => {});
    for (const message of messages) deliver(message, batch);
  };

  const splitter = splitLines(MAX_LINE_BYTES, {
    onLine(line) {
      if (isBlank(line)) return;
      const parsed = parseMessages(line);
      if (parsed.kind === 'message') deliver(parsed.message);
      else if (parsed.kind === 'batch') deliverBatch(parsed.members);
      else if (parsed.kind === 'invalid') respond(parsed.error);
      else onIgnored(parsed.why);
    },
    onSkipped: (head, tail) => respond(errorForSkippedLine(head, tail, MAX_LINE_BYTES)),
  });
  const endInput = () => {
    if (inputEnded.isSet()) return;
    splitter.end();
    inputEnded.set();
  };

  const transport: StdioTransport = {
    inputEnded: inputEnded.whenSet,
    outputClosed: outputClosed.whenSet,
    async start() {
      output.on('error', () => void transport.close());
      for (const event of ['end', 'close', 'error']) input.on(event, endInput);
      input.on('data', splitter.push);
    },
    async send(message) {
      if (isClosed) throw new Error('the transport is closed');
      if (!('result' in message || 'error' in message)) return await write(message);
      if ('result' in message) negotiate(message.result['protocolVersion']);
      await requests.respond(message);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      input.off('data', splitter.push);
      input.pause();
      transport.onclose?.();
      outputClosed.set();
    },
    drained: requests.drained,
    failOpenRequests: (message) => requests.ids().forEach((id) => respond(rpcError(id, INTERNAL_ERROR, message))),
  };
  return transport;
}

const NO_BATCHES = 'Invalid request: this revision of the protocol has no batches; send one message per line';

function problemInBatch(method: string, isTaken: boolean): string | undefined {
  if (method === 'initialize') return 'Invalid request: initialize cannot be part of a batch';
  return isTaken ? 'Invalid request: another request has this id' : undefined;
}

function isRequest(message: JSONRPCMessage): message is JSONRPCMessage & { id: string | number; method: string } {
  return 'method' in message && 'id' in message;
}

function isBlank(line: Buffer): boolean {
  return line.length < 80 && line.toString('latin1').trim() === '';
}

/** Something that happens once, and can be checked or awaited. */
function createFlag() {
  let value = false;
  let resolve = () => {};
  const whenSet = new Promise<void>((done) => {
    resolve = done;
  });
  return {
    whenSet,
    isSet: () => value,
    set() {
      value = true;
      resolve();
    },
  };
}
