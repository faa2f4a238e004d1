import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonRecord } from '../../../src/sandbox/index.ts';
import type { Entry } from '../../../src/store/log/entry.ts';
import { verifyChain } from '../../../src/store/log/hash-chain.ts';
import { answerWith, NO, type ToolReply, toReply } from '../../support/json-rpc/stdio.ts';
import { STRANGE } from '../../support/vendors/marked-values.ts';
import { ANSWER_KINDS, type AnswerKind, answerOf } from './answers.ts';
import { faultFor } from './faults.ts';
import { editAtVendor, editsOfFaults, type ForeignEdit, pickEdit } from './foreign-edits.ts';
import { createLeakDetector, type LeakDetector, personalIn } from './leak-detector.ts';
import { createModel, type Model } from './model.ts';
import { callOf, type PlannedCall, planCall, reasonOf, VENDORS } from './planned-calls.ts';
import { createRandom, type Random } from './random.ts';
import { ENDPOINTS, type Endpoint, eraOf, type System, startSystem } from './system.ts';
import { monitorWrites, type WriteMonitor } from './write-monitor.ts';

/** A yes that was used, with what is needed to try it again. */
interface UsedYes {
  endpoint: Endpoint;
  planned: PlannedCall;
  state: string;
  answer: unknown;
  changeId: string;
}

/** The state of a soak, round after round. */
export class SoakRun {
  readonly tally: Record<string, number> = {};
  /** What this round did; part of the message of a failure. */
  history: string[] = [];
  readonly #seed: number;
  /** For this round. Each call gets one of its own, so that the order of calls does not matter. */
  #random: Random;
  #system!: System;
  #model!: Model;
  #writes!: WriteMonitor;
  #leaks!: LeakDetector;
  #problems: string[] = [];
  #calls = 0;
  #ids = 0;
  #seq = 0;
  readonly #planned = new Map<number, PlannedCall>();
  readonly #answerKinds = new Map<number, AnswerKind>();
  #used: UsedYes[] = [];
  #foreign: ForeignEdit[] = [];

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = createRandom(seed);
  }

  async open(): Promise<void> {
    this.#system = await startSystem((message, form) => this.#answer(callOf(message), form));
    for (const vendor of Object.values(this.#system.server.sandbox.vendors)) {
      for (const record of vendor.users.values()) record['x_strange'] = STRANGE;
    }
    this.#writes = monitorWrites(this.#system, this.#planned, (problem) => this.#problems.push(problem));
    this.#leaks = createLeakDetector(this.#system);
    this.#model = createModel(this.#system.server.sandbox, callOf);
  }

  close(): Promise<void> {
    return this.#system.stop();
  }

  writes(): number {
    return this.#writes.writes();
  }

  async round(index: number): Promise<string[]> {
    this.history = [];
    this.#problems = [];
    this.#foreign = [];
    const random = createRandom(this.#seed * 1_000_003 + index);
    this.#random = random;
    if (random.hits(0.3)) await this.#editBetweenRounds();
    if (random.hits(0.3)) await this.#replay();
    const calls = Array.from({ length: 1 + random.below(4) }, () => this.#plan(random));
    for (const vendor of VENDORS) {
      if (!random.hits(0.25)) continue;
      const fault = faultFor(vendor, random, random.hits(0.08));
      this.#system.server.sandbox.vendors[vendor].faults.push(fault);
      this.history.push(`${vendor}: ${JSON.stringify(fault)}`);
    }
    const killed = random.hits(0.05) ? random.pick(ENDPOINTS) : undefined;
    const working = Promise.all([
      ...calls.map((planned) => this.#run(planned, random.pick(ENDPOINTS), createRandom(random.below(2 ** 32)))),
      this.#readMeanwhile(createRandom(random.below(2 ** 32))),
    ]);
    if (killed) {
      await sleep(random.below(200));
      this.history.push(`kill -9 ${killed}`);
      this.#count('killed');
      await this.#system.kill(killed);
    }
    await within(working, 120_000, 'a call was never answered');
    await this.#system.restart();
    await this.#checkRound(index);
    for (const vendor of Object.values(this.#system.server.sandbox.vendors)) vendor.faults.length = 0;
    return this.#problems;
  }

  #count(what: string): void {
    this.tally[what] = (this.tally[what] ?? 0) + 1;
  }

  #plan(random: Random): PlannedCall {
    const call = ++this.#calls;
    const fresh = planCall(call, random);
    const target = this.#used.length > 0 && random.hits(0.12) ? random.pick(this.#used) : undefined;
    const undoable = target && !target.planned.merges && this.#model.before(target.changeId) !== undefined;
    const planned: PlannedCall = undoable
      ? {
          ...target.planned,
          call,
          tool: 'undo_change',
          args: { change_id: target.changeId, reason: reasonOf(call) },
          set: {},
          clear: [],
          undoes: target.changeId,
          merges: true,
          dry: false,
        }
      : fresh;
    this.#planned.set(call, planned);
    this.#answerKinds.set(call, random.pick(ANSWER_KINDS));
    return planned;
  }

  /** Makes one call and answers its questions. */
  async #run(planned: PlannedCall, endpoint: Endpoint, random: Random): Promise<void> {
    const modern = eraOf(endpoint) === '2026';
    if (modern && random.hits(0.15)) this.#answerKinds.set(planned.call, random.pick(['altered', 'swapped']));
    this.history.push(
      `#${planned.call} ${endpoint} ${this.#answerKinds.get(planned.call)} ${planned.tool} ${JSON.stringify(planned.args)}`,
    );
    const wire = this.#system.wire(endpoint);
    try {
      if (!modern) {
        const id = wire.post(planned.tool, planned.args, this.#id());
        return this.#checkReply(planned, toReply(await wire.answerTo(id)));
      }
      let reply = await wire.call(planned.tool, planned.args, this.#id());
      let last: { state: string; answer: unknown } | undefined;
      for (let asked = 0; reply.kind === 'asked' && asked < 4; asked++) {
        if (random.hits(0.08)) await this.#editWhileAsked(planned, random);
        last = { state: reply.state, answer: this.#answer(planned.call, reply.form) };
        reply = await this.#sendAnswer(planned, endpoint, last, random);
      }
      const changeId = reply.kind === 'result' ? String(reply.is['change_id']) : '';
      if (last && reply.kind === 'result' && reply.is['outcome'] === 'updated') {
        this.#used = [...this.#used.slice(-30), { endpoint, planned, ...last, changeId }];
      }
      this.#checkReply(planned, reply);
    } catch (error) {
      if (!isKilled(error)) throw error;
      this.#count('the program was killed');
    }
  }

  /** Sends an answer back, unchanged or tampered with. */
  async #sendAnswer(
    planned: PlannedCall,
    endpoint: Endpoint,
    { state, answer }: { state: string; answer: unknown },
    random: Random,
  ): Promise<ToolReply> {
    const wire = this.#system.wire(endpoint);
    const kind = this.#answerKinds.get(planned.call);
    if (kind === 'altered') {
      const at = random.below(state.length - 4) + 3;
      const altered = `${state.slice(0, at)}${state[at] === 'A' ? 'B' : 'A'}${state.slice(at + 1)}`;
      return await wire.call(planned.tool, planned.args, { ...answerWith(answer, altered), ...this.#id() });
    }
    if (kind === 'swapped') {
      const other = this.#plan(random);
      this.#answerKinds.set(other.call, 'no');
      this.history.push(`#${other.call} with the yes to #${planned.call}: ${JSON.stringify(other.args)}`);
      await wire.call(other.tool, other.args, { ...answerWith(answer, state), ...this.#id() });
      this.#answerKinds.set(planned.call, 'no');
      return await wire.call(planned.tool, planned.args, { ...answerWith(NO, state), ...this.#id() });
    }
    return await wire.call(planned.tool, planned.args, { ...answerWith(answer, state), ...this.#id() });
  }

  #id(): { id: string } {
    return { id: `soak-${++this.#ids}` };
  }

  /** The answer to a question about this call. Counts every yes that is meant. */
  #answer(call: number, form: unknown): unknown {
    const kind = this.#answerKinds.get(call) ?? 'no';
    this.#count('asked');
    if (kind === 'yes') this.#writes.agree(call);
    return answerOf(kind, form);
  }

  #checkReply(planned: PlannedCall, reply: ToolReply): void {
    if (reply.kind === 'error') return void this.#problems.push(`#${planned.call}: ${JSON.stringify(reply.raw)}`);
    if (reply.kind === 'asked') return this.#count('left open');
    const outcome = String(reply.is['outcome']);
    this.#count(planned.undoes === undefined ? outcome : `undo ${outcome}`);
    this.#problems.push(...personalIn(reply, planned.call));
    if (outcome === 'updated' && !this.#writes.isWritten(planned.call))
      this.#problems.push(`#${planned.call}: updated, unwritten`);
  }

  /** Reads while calls are in flight. */
  async #readMeanwhile(random: Random): Promise<void> {
    if (!random.hits(0.2)) return;
    const wire = this.#system.wire(random.pick(['stdio 2026', 'http 2026']));
    const [tool, args]: [string, JsonRecord] = random.hits(0.5)
      ? ['list_changes', { limit: 20 }]
      : ['find_user', { query: random.pick(['Jane Doe', 'jane.doe@acme.example', 'priya']) }];
    try {
      this.#problems.push(...personalIn(await wire.call(tool, args, this.#id())));
    } catch (error) {
      if (!isKilled(error)) throw error;
    }
  }

  /** Another client edits a record while no call is in flight. */
  async #editBetweenRounds(): Promise<void> {
    const vendor = this.#random.pick(VENDORS);
    const user = this.#random.pick([...this.#system.server.sandbox.vendors[vendor].users.keys()]);
    const edit = pickEdit(vendor, user, ++this.#calls, this.#random);
    await this.#applyEdit(edit);
    this.#model.edit(edit);
  }

  /** The same while a question about that very record is open. */
  async #editWhileAsked({ vendor, user }: PlannedCall, random: Random): Promise<void> {
    const edit = pickEdit(vendor, user, ++this.#calls, random);
    this.#foreign.push(edit);
    await this.#applyEdit(edit);
  }

  async #applyEdit(edit: ForeignEdit): Promise<void> {
    this.history.push(`another client sets ${edit.vendor} ${edit.user} ${edit.field}`);
    await editAtVendor(this.#system.server.sandbox, edit);
  }

  /** Restores a record and sends the used yes again: the server has to ask anew. */
  async #replay(): Promise<void> {
    const fitting = this.#used.filter(({ planned }) => !planned.merges && planned.undoes === undefined);
    const used = fitting.length > 0 ? this.#random.pick(fitting) : undefined;
    const before = used && this.#model.before(used.changeId);
    if (!used || !before) return;
    const { endpoint, planned, state, answer } = used;
    for (const field of [...Object.keys(planned.set), ...planned.clear]) {
      const edit = { vendor: planned.vendor, user: planned.user, field, value: before[field] ?? '' };
      await this.#applyEdit(edit);
      this.#model.edit(edit);
    }
    this.history.push(`replay of #${planned.call}`);
    this.#count('replayed');
    const reply = await this.#system
      .wire(endpoint)
      .call(planned.tool, planned.args, { ...answerWith(answer, state), ...this.#id() });
    this.#used = this.#used.filter((one) => one !== used);
    if (reply.kind === 'result' && reply.is['outcome'] === 'updated') {
      this.#problems.push(`#${planned.call} was written again with a used yes: ${JSON.stringify(reply.raw)}`);
    }
  }

  /** Waits until no change is open, then checks vendors, audit log and output. */
  async #checkRound(index: number): Promise<void> {
    const { store } = this.#system;
    const end = Date.now() + 60_000;
    for (;;) {
      const latest = await store.list({ limit: 100 });
      if (!latest.some(({ open }) => open)) break;
      if (Date.now() > end) {
        this.#problems.push('a change stayed open');
        return;
      }
      await sleep(20);
    }
    const head = await store.head();
    const entries: Entry[] = [];
    for await (const entry of store.entries(this.#seq)) entries.push(entry);
    this.#seq = entries.at(-1)?.seq ?? this.#seq;
    this.#foreign.push(...editsOfFaults(this.#system.server.sandbox, this.#model));
    this.#problems.push(...this.#model.replay(entries, this.#planned, this.#foreign));
    const chain = head.seq < 3000 || index % 20 === 0 ? await verifyChain(store.entries(), head) : { ok: true };
    if (!chain.ok) this.#problems.push(`the chain is broken: ${JSON.stringify(chain)}`);
    this.#problems.push(...this.#leaks.find(index % 10 === 0));
  }
}

async function within<T>(work: Promise<T>, ms: number, problem: string): Promise<T> {
  const late = sleep(ms, undefined, { ref: false }).then(() => {
    throw new Error(problem);
  });
  return await Promise.race([work, late]);
}

/** How raw clients report that the program behind them was killed. */
function isKilled(error: unknown): boolean {
  return /ended|reached|broke off/.test(String(error));
}
