import type { Readable, Writable } from 'node:stream';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/server';
import { stringifyJson } from '../../lib/json/json.ts';
import { isObject } from '../../lib/json/json-value.ts';
import { type BatchMember, errorReply, INVALID_REQUEST, replyToSkipped, sieve } from './filter.ts';
import { splitLines } from './lines.ts';
import { type Batch, createUnanswered } from './unanswered.ts';

/** As long as the protocol library's own transport takes; what a call may hold is bounded further on. */
const MAX_LINE_BYTES = 10 * 1024 * 1024;
/** The last revision with batches (https://modelcontextprotocol.io/specification/2025-06-18/changelog). */
const LAST_WITH_BATCHES = '2025-03-26';
const INTERNAL_ERROR = -32_603;

/**
 * JSON-RPC over lines. In place of the library's transport, which says nothing to what it cannot read, ends with a line
 * that is too long, and gives up the output together with the input.
 */
export interface StdioTransport extends Transport {
  /** Resolves when nothing more will be read. */
  inputEnded: Promise<void>;
  /** Resolves when the client reads no longer, or the transport was closed. */
  gone: Promise<void>;
  /** Resolves when every request read so far is answered and the answers have left. */
  settled(): Promise<void>;
  /** Answers what is still unanswered with an error. */
  abandon(message: string): void;
}

/** `onIgnored` is told why something was not answered. */
export function createStdioTransport(
  input: Readable,
  output: Writable,
  onIgnored: (why: string) => void,
): StdioTransport {
  const inputEnded = makeSignal();
  const gone = makeSignal();
  let revision: string | undefined;
  let isClosed = false;

  const write = (message: unknown) =>
    new Promise<void>((resolve, reject) => {
      output.write(`${stringifyJson(message)}\n`, (error) => (error ? reject(error) : resolve()));
    });
  const unanswered = createUnanswered(write);
  /** A closed output is noticed by its own event. */
  const reply = (message: { id?: unknown }) => void unanswered.answer(message).catch(() => {});

  /** As asked for, since a client may go on without waiting; then as answered. */
  const negotiate = (version: unknown) => {
    if (typeof version === 'string') revision = version;
  };
  const deliver = (message: JSONRPCMessage, batch?: Batch) => {
    // A subscription is answered when it ends, which is when the server does.
    if (isRequest(message) && (batch || message.method !== 'subscriptions/listen')) unanswered.add(message.id, batch);
    if ('method' in message && message.method === 'initialize') negotiate(message.params?.['protocolVersion']);
    if ('method' in message && message.method === 'notifications/cancelled') {
      unanswered.cancel(message.params?.['requestId']);
    }
    transport.onmessage?.(message);
  };
  const deliverBatch = (members: readonly BatchMember[]) => {
    const hasBatches = revision !== undefined && revision <= LAST_WITH_BATCHES;
    const batch: Batch = { open: new Set(), answers: [] };
    const messages: JSONRPCMessage[] = [];
    for (const member of members) {
      if (member.kind === 'ignored') onIgnored(member.why);
      else if (member.kind === 'reply') batch.answers.push(member.reply);
      else if (!isRequest(member.message)) messages.push(member.message);
      else {
        const { id, method } = member.message;
        const problem = hasBatches ? problemInBatch(method, unanswered.has(id) || batch.open.has(id)) : NO_BATCHES;
        if (problem !== undefined) batch.answers.push(errorReply(id, INVALID_REQUEST, problem));
        else {
          batch.open.add(id); // before the first is delivered, so that no answer leaves alone
          messages.push(member.message);
        }
      }
    }
    if (!hasBatches) return batch.answers.forEach((answer) => reply(answer as { id?: unknown }));
    if (batch.open.size === 0 && batch.answers.length > 0) void write(batch.answers).catch(() => {});
    for (const message of messages) deliver(message, batch);
  };

  const splitter = splitLines(MAX_LINE_BYTES, {
    onLine(line) {
      if (isBlank(line)) return;
      const sieved = sieve(line);
      if (sieved.kind === 'message') deliver(sieved.message);
      else if (sieved.kind === 'batch') deliverBatch(sieved.members);
      else if (sieved.kind === 'reply') reply(sieved.reply);
      else onIgnored(sieved.why);
    },
    onSkipped: (head, tail) => reply(replyToSkipped(head, tail, MAX_LINE_BYTES)),
  });
  const endInput = () => {
    if (inputEnded.isGiven()) return;
    splitter.end();
    inputEnded.give();
  };

  const transport: StdioTransport = {
    inputEnded: inputEnded.given,
    gone: gone.given,
    async start() {
      output.on('error', () => void transport.close());
      for (const event of ['end', 'close', 'error']) input.on(event, endInput);
      input.on('data', splitter.push);
    },
    async send(message) {
      if (isClosed) throw new Error('the transport is closed');
      if (!('result' in message || 'error' in message)) return await write(message);
      if ('result' in message) negotiate(message.result['protocolVersion']);
      await unanswered.answer(message);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      input.off('data', splitter.push);
      input.pause();
      transport.onclose?.();
      gone.give();
    },
    settled: unanswered.settled,
    abandon: (message) => unanswered.ids().forEach((id) => reply(errorReply(id, INTERNAL_ERROR, message))),
  };
  return transport;
}

const NO_BATCHES = 'Invalid request: this revision of the protocol has no batches; send one message a line';

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

function makeSignal() {
  let isGiven = false;
  let resolve = () => {};
  const given = new Promise<void>((settle) => {
    resolve = settle;
  });
  return {
    given,
    isGiven: () => isGiven,
    give() {
      isGiven = true;
      resolve();
    },
  };
}
