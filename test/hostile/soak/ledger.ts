import type { RecordedRequest, VendorId } from '../../../src/sandbox/index.ts';
import { callOf, isFree, isLeaf, RULE_NAMES, type Wish } from './requests.ts';
import type { World } from './world.ts';

/** Who agreed to what, held against every write at the very moment it arrives at a vendor. */

export interface Ledger {
  /** A person says yes, once, to a question about this call. */
  agree(call: number): void;
  isWritten(call: number): boolean;
  /** How many writes arrived. */
  writes(): number;
}

export function openLedger(
  world: World,
  wishes: ReadonlyMap<number, Wish>,
  complain: (problem: string) => void,
): Ledger {
  const yeses = new Map<number, number>();
  /** The changes each call was written as: one for every yes. */
  const changes = new Map<number, Set<string>>();
  const puts = new Map<string, number>();
  let writes = 0;

  const arrived = (id: VendorId, { path }: RecordedRequest) => {
    writes++;
    const user = decodeURIComponent(path.split('?')[0]?.split('/').at(-1) ?? '');
    const [intent, ...others] = world.intents(id, user);
    if (!intent || others.length > 0) {
      return complain(`a write of ${id} ${user} came with ${others.length + (intent ? 1 : 0)} open intents`);
    }
    const call = callOf(intent.reason);
    const wish = wishes.get(call);
    const own = (changes.get(call) ?? new Set()).add(intent.changeId);
    changes.set(call, own);
    if (!RULE_NAMES.includes(intent.rule ?? '')) complain(`#${call}: decided by ${intent.rule}`);
    if (!intent.fields.every((field) => isLeaf(id, field)))
      complain(`#${call}: recorded as ${intent.fields.join(', ')}`);
    // What is so already is not part of a change: what is left of it may be free.
    const leave = intent.fields.every((field) => isFree(id, field)) ? 1 : (yeses.get(call) ?? 0);
    if (!wish || wish.dry || own.size > leave)
      complain(`#${call}: written as ${own.size} changes, with leave for ${leave}`);
    const sent = (puts.get(intent.changeId) ?? 0) + 1;
    puts.set(intent.changeId, sent);
    if (sent > 1 && !slowedDown.has(id)) complain(`#${call}: one change written ${sent} times`);
  };

  /** Vendors that were told to answer "too many requests": such a write was refused, and is sent once more. */
  const slowedDown = new Set<VendorId>();
  for (const { id, requests, faults } of Object.values(world.server.sandbox.vendors)) {
    const push = requests.push.bind(requests);
    requests.push = (...all) => {
      for (const request of all) if (request.method === 'PUT') arrived(id, request);
      return push(...all);
    };
    const pushFault = faults.push.bind(faults);
    faults.push = (...all) => {
      slowedDown.delete(id);
      if (all.some((fault) => fault.kind === 'status' && fault.status === 429)) slowedDown.add(id);
      return pushFault(...all);
    };
  }
  return {
    agree: (call) => void yeses.set(call, (yeses.get(call) ?? 0) + 1),
    isWritten: (call) => changes.has(call),
    writes: () => writes,
  };
}
