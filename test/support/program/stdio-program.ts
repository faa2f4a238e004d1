import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest';
import { registerApprover } from '../approvals/signed-in-approver.ts';
import {
  type AskedQuestion,
  connectRawStdio,
  converse,
  type Era,
  expectResult,
  NO,
  type RawMcpClient,
  type ToolReply,
} from '../json-rpc/stdio.ts';
import { type Form, type StdioServer, startStdioServer, yes } from './stdio-server.ts';

/** The built program over stdio, with a sandbox behind it and a raw client of one era. */

export const ERAS: readonly Era[] = ['2026', '2025'];

export type Answering = (question: AskedQuestion) => unknown;

export interface StdioProgram {
  server: StdioServer;
  wire: RawMcpClient;
  /** Every question the client was asked. */
  questions: AskedQuestion[];
  /** Makes a call. Questions get this answer; without one, the choice of no. */
  call(tool: string, args: object, answer?: Answering): Promise<ToolReply & { kind: 'result' }>;
}

export interface StdioProgramOptions {
  config?: Record<string, unknown>;
  /** Registers an approver. */
  approver?: boolean;
  /** False: the client declares no elicitation. */
  asks?: boolean;
}

/** A program for one test. */
export async function startStdioProgram(era: Era, options: StdioProgramOptions = {}): Promise<StdioProgram> {
  const { program, stop } = await openStdioProgram(era, options);
  onTestFinished(stop);
  return program;
}

/** A program for all tests of a `describe` or a file. Vendors are as new before every test, the audit log is not. */
export function useStdioProgram(era: Era, options: StdioProgramOptions = {}): { readonly program: StdioProgram } {
  let opened: Awaited<ReturnType<typeof openStdioProgram>>;
  beforeAll(async () => {
    opened = await openStdioProgram(era, options);
  });
  beforeEach(() => {
    opened.program.questions.length = 0;
    for (const vendor of Object.values(opened.program.server.sandbox.vendors)) vendor.reset();
  });
  afterAll(() => opened.stop());
  return {
    get program() {
      return opened.program;
    },
  };
}

async function openStdioProgram(era: Era, options: StdioProgramOptions) {
  const { config = {}, approver = false, asks = true } = options;
  const server = await startStdioServer({ config });
  if (approver) await registerApprover(server.env);
  const wire = await connectRawStdio(server.env, { era, asks });
  const questions: AskedQuestion[] = [];
  const program: StdioProgram = {
    server,
    wire,
    questions,
    async call(tool, args, answer = () => NO) {
      const answering = (question: AskedQuestion) => {
        questions.push(question);
        return answer(question);
      };
      return expectResult(await converse(wire, era, tool, args, answering));
    },
  };
  const stop = async () => {
    await wire.close();
    await server.stop();
  };
  return { program, stop };
}

/** Chooses yes, and types the name where the question demands it. */
export const agree: Answering = ({ message, form }) =>
  yes({ message, requestedSchema: form as Form['requestedSchema'] });

/** The newest entries of the audit log, as `list_changes` gives them. */
export async function listed(program: StdioProgram, limit = 10): Promise<Record<string, unknown>[]> {
  const { is } = await program.call('list_changes', { limit });
  return is['changes'] as Record<string, unknown>[];
}

/** A message line by line. */
export function linesOf({ message }: AskedQuestion): string[] {
  return message.split('\n');
}
