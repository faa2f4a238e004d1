import { onTestFinished } from 'vitest';
import { registerApprover } from './approvals/signed-in-approver.ts';
import {
  type AskedQuestion,
  connectRawStdio,
  converse,
  type Era,
  expectResult,
  NO,
  type RawMcpClient,
  type Reply,
} from './json-rpc/stdio.ts';
import { type Form, type StdioServer, startStdioServer, yes } from './stdio-server.ts';

/** The built program over stdio with a sandbox behind it and a client of one era, for one test. */

export const ERAS: readonly Era[] = ['2026', '2025'];

export type Answering = (question: AskedQuestion) => unknown;

export interface StdioProgram {
  server: StdioServer;
  wire: RawMcpClient;
  /** Every question that was put to the client so far. */
  questions: AskedQuestion[];
  /** A call from beginning to end; whatever is asked meanwhile gets this answer, the choice of no unless another is given. */
  call(tool: string, args: object, answer?: Answering): Promise<Reply & { kind: 'result' }>;
}

export interface StdioProgramOptions {
  config?: Record<string, unknown>;
  /** Registers an approver. */
  approver?: boolean;
  /** False: the client declares no elicitation. */
  asks?: boolean;
}

export async function startStdioProgram(era: Era, options: StdioProgramOptions = {}): Promise<StdioProgram> {
  const { config = {}, approver = false, asks = true } = options;
  const server = await startStdioServer({ config });
  onTestFinished(() => server.stop());
  if (approver) await registerApprover(server.env);
  const wire = await connectRawStdio(server.env, { era, asks });
  onTestFinished(() => wire.close());
  const questions: AskedQuestion[] = [];
  return {
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
}

/** Agrees to a question in full: chooses yes, types the name. */
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
