import type { Ports } from '../../ports.ts';
import type { Result } from '../../types.ts';
import { update } from '../../update.ts';
import { toMember } from '../end.ts';
import { consentTo, memberCall } from '../member.ts';
import { keyOfConnection } from '../plan/plan.ts';
import { runPool } from '../pool.ts';
import { mayBegin, notStarted, whyStopped } from '../stop.ts';
import type { BatchCall, BatchChange, Consent, MemberResult } from '../types.ts';

/** How often a write is refused because the vendor says to slow down, before the change fails. */
const SLOWED_DOWN = 10;

/**
 * Makes every change that was agreed to, each through the pipeline of a single update, as many at a time as the connection
 * allows. `results` has those that ended before, by index, and gets the others. `stops`: whether nothing more is to be
 * begun after this result.
 */
export async function runBatch(
  batch: BatchCall,
  consent: Consent,
  results: Map<number, MemberResult>,
  ports: Ports,
  stops: (result: MemberResult) => boolean = () => false,
): Promise<void> {
  const { changes, observer } = batch;
  let isEnough = false;
  const open = [...changes.entries()].filter(([index]) => !results.has(index));
  const keep = (index: number, result: MemberResult): void => {
    results.set(index, result);
    isEnough ||= stops(result);
    observer?.ended?.(index, result);
    observer?.progress?.('write', results.size, changes.length);
  };
  const options = {
    width: ports.limits.concurrentWrites,
    keyOf: keyOfConnection,
    mayBegin: (change: BatchChange) => mayBegin(batch, change, ports, () => isEnough),
  };
  await runPool(open, options, async (change, index) => {
    keep(index, toMember(await makeChange(batch, change, index, consent, ports)));
  });
  for (const [index, change] of open) {
    if (!results.has(index)) keep(index, notStarted(change, isEnough ? 'all_or_nothing' : whyStopped(batch)));
  }
}

/**
 * One change. Its requests wait for the pace of the connection by themselves, but a write whose intent is open not for
 * long: if the vendor refuses it until later, the change ends and is made anew after that time.
 */
async function makeChange(
  batch: BatchCall,
  change: BatchChange,
  index: number,
  consent: Consent,
  ports: Ports,
): Promise<Result> {
  const given = consentTo(consent, index);
  if (!given) throw new Error('a change was begun that the yes to its batch does not cover');
  const call = memberCall({ ...batch, canAsk: false }, change, { consent: given });
  for (let nth = 1; ; nth++) {
    const reply = await update(call, ports);
    if (reply.kind === 'ask') throw new Error('a change of a batch was asked about by itself');
    const isPlanned = reply.changes.length > 0;
    const isSlowedDown = reply.outcome === 'failed' && reply.code === 'rate_limited' && isPlanned;
    if (!isSlowedDown || nth >= SLOWED_DOWN || !(await mayBegin(batch, change, ports))) return reply;
  }
}
