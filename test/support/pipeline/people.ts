import { onTestFinished } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { AppError } from '../../../src/errors.ts';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Call } from '../../../src/update/context.ts';
import type { Rule } from '../../../src/update/policy/rules.ts';
import type { Ports } from '../../../src/update/ports.ts';
import type { UpdateReply } from '../../../src/update/types.ts';
import { update } from '../../../src/update/update.ts';
import type { Place } from '../store/place.ts';
import { plainConnection, plainField } from '../vendors/plain-provider.ts';
import { settingsFrom, yesTo } from './pipeline.ts';
import { requestFor } from './requests.ts';

/** The pipeline with a vendor that keeps user records in memory, a real store and a clock that a test moves. */
export interface PeopleUpdate {
  store: Store;
  /** Sets the title of a user, or another field. */
  change(userId: string, more?: ChangeOptions): Promise<UpdateReply>;
  /** The outcome of a change that nobody could be asked about: `updated` if no question was needed. */
  outcome(userId: string, more?: ChangeOptions): Promise<string>;
  /** How many writes reached the vendor. */
  writes(): number;
  pass(ms: number): void;
}

export interface ChangeOptions {
  caller?: string;
  connection?: string;
  field?: 'title' | 'nick';
  dryRun?: true;
  /** Somebody says yes to the question. */
  confirmed?: true;
  /** The vendor refuses the write. */
  refused?: true;
  /** The value that the record has already. */
  unchanged?: true;
  call?: Partial<Call>;
  rules?: readonly Rule[];
}

export async function startPeopleUpdate(place: Place, rules: readonly Rule[]): Promise<PeopleUpdate> {
  let time = Date.now();
  const connection = plainConnection('https://plain.example/api', {
    fields: { title: plainField(), nick: plainField() },
  });
  const app = createApp({ ...settingsFrom({}), connections: [connection] });
  onTestFinished(async () => {
    await app.shutdown();
    await place.remove();
  });
  const store = await place.open(createProcessId(), { now: () => time });
  const users = new Map<string, JsonObject>();
  let writes = 0;
  let value = 0;
  let isRefusing = false;
  const recordOf = (at: string): JsonObject => users.get(at) ?? { name: 'Jane', title: 'old', nick: 'old' };
  const records: Ports['records'] = {
    read: async ({ name }, id) => ({ record: structuredClone(recordOf(`${name} ${id}`)), id }),
    async write({ name }, { userId, body }) {
      if (isRefusing) return { kind: 'rejected', error: new AppError('upstream_rejected', 'No.') };
      writes += 1;
      users.set(`${name} ${userId}`, { ...recordOf(`${name} ${userId}`), ...body });
      return { kind: 'accepted' };
    },
    fetchedCredentials: () => [],
    pauseMs: () => 0,
  };
  const base = { ...(await app.ports()), store, records };

  async function change(userId: string, more: ChangeOptions = {}): Promise<UpdateReply> {
    const { caller = 'sync', connection: name = 'main', field = 'title', confirmed, dryRun = false } = more;
    isRefusing = more.refused ?? false;
    const set = { [field]: more.unchanged ? 'old' : `value ${(value += 1)}` };
    const call: Call = {
      connection: { ...connection, name },
      request: { ...requestFor({ set }), userId, dryRun },
      caller: { principal: caller },
      canAsk: confirmed ?? false,
      ...more.call,
    };
    const ports = { ...base, policy: { allowSecretInput: false, rules: more.rules ?? rules } };
    const reply = await update(call, ports);
    return reply.kind === 'ask' ? await update({ ...call, answer: yesTo(reply) }, ports) : reply;
  }

  return {
    store,
    change,
    async outcome(userId, more) {
      const reply = await change(userId, more);
      return reply.kind === 'ask' ? 'asked' : reply.outcome;
    },
    writes: () => writes,
    pass(ms) {
      time += ms;
    },
  };
}
