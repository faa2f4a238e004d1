import { isOver, paused } from '../../../lib/async/deadline.ts';
import { entryBody } from '../../audit/entry.ts';
import { changeKeyOf, digestOf } from '../../confirm/digest.ts';
import { type Call, createContext, type UpdateContext } from '../../context.ts';
import { blocked, fail } from '../../fail.ts';
import type { PeopleCounts } from '../../policy/people/counts.ts';
import type { Ports } from '../../ports.ts';
import { prepare } from '../../prepare.ts';
import { viewPlan } from '../../redact/view.ts';
import type { Proposal, Result } from '../../types.ts';
import { memberCall } from '../member.ts';
import { runPool } from '../pool.ts';
import { mayBegin, notStarted, whyStopped } from '../stop.ts';
import type { BatchCall, BatchChange } from '../types.ts';
import { readBatchCounts } from './people.ts';
import { endRepeated } from './same-record.ts';
import type { BatchPlan, PlannedChange } from './types.ts';

/**
 * Reads, plans and judges every change, or those that `includes` says. Writes nothing to a vendor. `isRepeated`: they were
 * planned before in this batch. Where policy depends on how many people change, they are counted by a plan of its own.
 */
export async function planBatch(batch: BatchCall, ports: Ports, options: PlanOptions = {}): Promise<BatchPlan> {
  const counts = await readBatchCounts(batch, ports);
  if (counts.isDecided) return await planWith(counts.all, batch, ports, options);
  const first = await planWith(counts.all, batch, ports, { ...options, isRepeated: true });
  return await planWith(counts.of(first), batch, ports, options);
}

async function planWith(
  people: PeopleCounts,
  batch: BatchCall,
  ports: Ports,
  { includes = () => true, isRepeated = false }: PlanOptions,
): Promise<BatchPlan> {
  const planned: PlannedChange[] = [];
  const ended = new Map<number, Result>(batch.endedBefore);
  const changes = [...batch.changes.entries()].filter(([index]) => includes(index) && !ended.has(index));
  let done = 0;
  const options = {
    width: ports.limits.concurrentWrites,
    keyOf: keyOfConnection,
    mayBegin: (change: BatchChange) => mayBegin(batch, change, ports),
  };
  await runPool(changes, options, async (change, index) => {
    const found = await planChange(
      memberCall({ ...batch, people }, change, {
        ...(isRepeated && { isRepeated }),
        ...(batch.allOrNothing && { isAllOrNothing: true }),
      }),
      index,
      ports,
    );
    if ('kind' in found) ended.set(index, found);
    else planned.push(change.line === undefined ? found : { ...found, line: change.line });
    batch.observer?.progress?.('plan', ++done, changes.length);
  });
  const begun = new Set([...ended.keys(), ...planned.map(({ index }) => index)]);
  for (const [index, change] of changes) {
    if (!begun.has(index)) ended.set(index, { kind: 'result', changes: [], ...notStarted(change, whyStopped(batch)) });
  }
  planned.sort((one, other) => one.index - other.index);
  return { planned: await endRepeated(batch, { planned, ended }, !isRepeated, ports), ended, people };
}

interface PlanOptions {
  includes?(index: number): boolean;
  isRepeated?: boolean;
}

export function keyOfConnection({ connection }: BatchChange): string {
  return `${connection.provider.id} ${connection.name}`;
}

async function planChange(call: Call, index: number, ports: Ports): Promise<PlannedChange | Result> {
  let context = createContext(call, ports);
  try {
    for (;;) {
      if (isOver(context.within)) throw blocked();
      const next = await prepare(context);
      if (next.kind === 'result') return next;
      if (next.kind === 'prepared') return toPlanned(context, next.proposal, index);
      context = { ...context, ...next.state };
      await paused(20, context.within);
    }
  } catch (error) {
    return await fail(context, error);
  }
}

function toPlanned(context: UpdateContext, proposal: Proposal, index: number): PlannedChange {
  const { call, ports } = context;
  const { plan, verdict, under } = proposal;
  return {
    index,
    call,
    digest: digestOf(context, plan),
    changeKey: changeKeyOf(context, plan),
    verdict,
    view: viewPlan(call, plan, 'person', ports.redaction),
    emails: [...new Set(plan.emails)],
    contested: plan.contested,
    entry: entryBody(context, proposal),
    under,
  };
}
