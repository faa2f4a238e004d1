import { newChangeId } from '../../../src/lib/uuid7.ts';
import type { BatchCall, BatchReply, BatchResult } from '../../../src/update/batch/types.ts';
import { updateMany } from '../../../src/update/batch/update-many.ts';
import { parseRequest } from '../../../src/update/request/parse.ts';
import { argumentsSchema } from '../../../src/update/request/schema.ts';
import type { Answer, Ask } from '../../../src/update/types.ts';
import type { Pipeline } from './pipeline.ts';

/** Batches in this process, as the tools and the command put them together. */

/** One change: the arguments of an update tool, and the name of the connection. */
export interface GivenChange {
  at: string;
  args: Record<string, unknown>;
}

export function batchCall(
  { app }: Pick<Pipeline, 'app'>,
  given: readonly GivenChange[],
  more: Partial<BatchCall> = {},
): BatchCall {
  const { allowSecretInput } = app.settings.policy;
  const { reason, dryRun = false, tool = 'update_users' } = more;
  const changes = given.map(({ at, args }) => {
    const connection = app.settings.connections.find(({ name }) => name === at);
    if (!connection) throw new Error(`no connection ${at}`);
    const options = { allowSecretInput };
    const whole = { ...args, ...(reason !== undefined && { reason }), dry_run: dryRun };
    const schema = argumentsSchema(connection.provider, options);
    return { connection, request: parseRequest(tool, connection.provider, schema, options, whole) };
  });
  const caller = { principal: 'local', client: 'tests 1.0', clientName: 'tests' };
  return { id: newChangeId(), tool, caller, changes, allOrNothing: false, dryRun, canAsk: true, ...more };
}

/** Runs a batch to its result; throws where a question comes. */
export async function runToEnd(pipeline: Pick<Pipeline, 'app'>, call: BatchCall): Promise<BatchResult> {
  return resultOf(await updateMany(call, await pipeline.app.ports()));
}

export async function questionOf(pipeline: Pipeline, call: BatchCall): Promise<Ask<BatchResult>> {
  const reply = await updateMany(call, await pipeline.app.ports());
  if (reply.kind !== 'ask') throw new Error(`expected a question: ${JSON.stringify(reply)}`);
  return reply;
}

export async function answered(pipeline: Pipeline, call: BatchCall, answer: Answer): Promise<BatchReply> {
  return await updateMany({ ...call, answer }, await pipeline.app.ports());
}

export function resultOf(reply: BatchReply): BatchResult {
  if (reply.kind !== 'batch') throw new Error(`expected a result: ${reply.question.message}`);
  return reply;
}
