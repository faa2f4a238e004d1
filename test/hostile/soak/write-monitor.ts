import type { RecordedRequest, VendorId } from '../../../src/sandbox/index.ts';
import { samples } from '../../support/vendors/samples.ts';
import { callOf, isFree, isLeaf, type PlannedCall, RULE_NAMES } from './planned-calls.ts';
import type { System } from './system.ts';

/** Checks every write against the yeses given, at the moment it arrives at a vendor. */

export interface WriteMonitor {
  /** Counts one yes to a question about this call. */
  agree(call: number): void;
  isWritten(call: number): boolean;
  /** How many writes arrived. */
  writes(): number;
}

export function monitorWrites(
  system: System,
  calls: ReadonlyMap<number, PlannedCall>,
  report: (problem: string) => void,
): WriteMonitor {
  const yeses = new Map<number, number>();
  /** The changes that each call was written as; at most one for every yes. */
  const changes = new Map<number, Set<string>>();
  const puts = new Map<string, number>();
  let writes = 0;

  const arrived = (id: VendorId, { path }: RecordedRequest) => {
    writes++;
    const user = decodeURIComponent(path.split('?')[0]?.split('/').at(-1) ?? '');
    const [intent, ...others] = system.intents(id, user);
    if (!intent || others.length > 0) {
      return report(`a write of ${id} ${user} came with ${others.length + (intent ? 1 : 0)} open intents`);
    }
    const call = callOf(intent.reason);
    const planned = calls.get(call);
    const own = (changes.get(call) ?? new Set()).add(intent.changeId);
    changes.set(call, own);
    if (!RULE_NAMES.includes(intent.rule ?? '')) report(`#${call}: decided by ${intent.rule}`);
    if (!intent.fields.every((field) => isLeaf(id, field))) report(`#${call}: recorded as ${intent.fields.join(', ')}`);
    // Fields that already hold the value are no part of the change; what remains may be free.
    const allowed = intent.fields.every((field) => isFree(id, field)) ? 1 : (yeses.get(call) ?? 0);
    if (!planned || planned.dry || own.size > allowed)
      report(`#${call}: written as ${own.size} changes, allowed ${allowed}`);
    const sent = (puts.get(intent.changeId) ?? 0) + 1;
    puts.set(intent.changeId, sent);
    if (sent > 1 && !slowedDown.has(id)) report(`#${call}: one change written ${sent} times`);
  };

  /** Vendors with a fault after which a refused write is sent once more: too many requests, or an access token that ended. */
  const slowedDown = new Set<VendorId>();
  for (const { id, requests, faults } of Object.values(system.server.sandbox.vendors)) {
    const push = requests.push.bind(requests);
    requests.push = (...all) => {
      const { method = 'PUT', userPath } = samples[id];
      const isUpdate = (sent: RecordedRequest) => sent.method === method && sent.path.startsWith(userPath);
      for (const request of all) if (isUpdate(request)) arrived(id, request);
      return push(...all);
    };
    const pushFault = faults.push.bind(faults);
    faults.push = (...all) => {
      slowedDown.delete(id);
      if (all.some((fault) => fault.kind === 'status' && [401, 429].includes(fault.status))) slowedDown.add(id);
      return pushFault(...all);
    };
  }
  return {
    agree: (call) => void yeses.set(call, (yeses.get(call) ?? 0) + 1),
    isWritten: (call) => changes.has(call),
    writes: () => writes,
  };
}
