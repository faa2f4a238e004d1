import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonRecord } from '../../../src/sandbox/index.ts';
import type { Entry } from '../../../src/store/log/entry.ts';
import { verifyChain } from '../../../src/store/log/hash-chain.ts';
import { answerWith, NO, type Reply, toReply } from '../../support/json-rpc/stdio.ts';
import { STRANGE } from '../../support/marked-values.ts';
import { ATTITUDES, type Attitude, answerOf } from './answers.ts';
import { faultFor } from './faults.ts';
import { type Ears, openEars, personalIn } from './leak-detector.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { type ForeignEdit, type Model, modelOf } from './model.ts';
import { type Chance, chanceFrom } from './random.ts';
import { callOf, FIELDS, reasonOf, VENDORS, valuesOf, type Wish, wishFor } from './requests.ts';
import { eraOf, openWorld, WAYS, type Way, type World } from './world.ts';

/** Rounds of anything that may happen, and after each of them what has to hold whatever happened. */

export interface Soaked {
  rounds: number;
  tally: Readonly<Record<string, number>>;
}

const GONE = 'the program was killed';

/** A yes that was used, with what is needed to try it again. */
interface UsedYes {
  way: Way;
  wish: Wish;
  state: string;
  answer: unknown;
  changeId: string;
}

/** At least so many, however long they take. */
const LEAST_ROUNDS = 25;

export async function soak(seed: number, seconds: number): Promise<Soaked> {
  const run = new Run(seed);
  await run.open();
  let round = 0;
  try {
    for (const end = Date.now() + seconds * 1000; Date.now() < end || round < LEAST_ROUNDS; round++) {
      const problems = await run.round(round);
      if (problems.length > 0) throw new Error(problems.slice(0, 10).join('\n'));
    }
    return { rounds: round, tally: { ...run.tally, writes: run.writes() } };
  } catch (error) {
    const again = `SOAK_SEED=${seed} repeats it`;
    throw new Error(`seed ${seed}, round ${round} (${again}): ${run.story.join('; ')}\n${String(error)}`, {
      cause: error,
    });
  } finally {
    await run.close();
  }
}

class Run {
  readonly tally: Record<string, number> = {};
  /** What this round did, for whoever has to understand a failure. */
  story: string[] = [];
  readonly #seed: number;
  /** Of this round; each call has one of its own, so that their order does not matter. */
  #chance: Chance;
  #world!: World;
  #model!: Model;
  #ledger!: Ledger;
  #ears!: Ears;
  #problems: string[] = [];
  #calls = 0;
  #ids = 0;
  #seq = 0;
  readonly #wishes = new Map<number, Wish>();
  readonly #attitudes = new Map<number, Attitude>();
  #used: UsedYes[] = [];
  #foreign: ForeignEdit[] = [];

  constructor(seed: number) {
    this.#seed = seed;
    this.#chance = chanceFrom(seed);
  }

  async open(): Promise<void> {
    this.#world = await openWorld((message, form) => this.#answer(callOf(message), form));
    for (const vendor of Object.values(this.#world.server.sandbox.vendors)) {
      for (const record of vendor.users.values()) record['x_strange'] = STRANGE;
    }
    this.#ledger = openLedger(this.#world, this.#wishes, (problem) => this.#problems.push(problem));
    this.#ears = openEars(this.#world);
    this.#model = modelOf(this.#world.server.sandbox, callOf);
  }

  close(): Promise<void> {
    return this.#world.stop();
  }

  writes(): number {
    return this.#ledger.writes();
  }

  async round(index: number): Promise<string[]> {
    this.story = [];
    this.#problems = [];
    this.#foreign = [];
    const chance = chanceFrom(this.#seed * 1_000_003 + index);
    this.#chance = chance;
    if (chance.hits(0.3)) await this.#edit();
    if (chance.hits(0.3)) await this.#replay();
    const wishes = Array.from({ length: 1 + chance.below(4) }, () => this.#newWish(chance));
    for (const vendor of VENDORS) {
      if (!chance.hits(0.25)) continue;
      const fault = faultFor(vendor, chance, chance.hits(0.08));
      this.#world.server.sandbox.vendors[vendor].faults.push(fault);
      this.story.push(`${vendor}: ${JSON.stringify(fault)}`);
    }
    const killed = chance.hits(0.05) ? chance.pick(WAYS) : undefined;
    const working = Promise.all([
      ...wishes.map((wish) => this.#go(wish, chance.pick(WAYS), chanceFrom(chance.below(2 ** 32)))),
      this.#look(chanceFrom(chance.below(2 ** 32))),
    ]);
    if (killed) {
      await sleep(chance.below(200));
      this.story.push(`kill -9 ${killed}`);
      this.#count('killed');
      await this.#world.kill(killed);
    }
    await within(working, 120_000, 'a call was never answered');
    await this.#world.revive();
    await this.#settle(index);
    for (const vendor of Object.values(this.#world.server.sandbox.vendors)) vendor.faults.length = 0;
    return this.#problems;
  }

  #count(what: string): void {
    this.tally[what] = (this.tally[what] ?? 0) + 1;
  }

  #newWish(chance: Chance): Wish {
    const call = ++this.#calls;
    const fresh = wishFor(call, chance);
    const target = this.#used.length > 0 && chance.hits(0.12) ? chance.pick(this.#used) : undefined;
    const undoable = target && !target.wish.merges && this.#model.before(target.changeId) !== undefined;
    const wish: Wish = undoable
      ? {
          ...target.wish,
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
    this.#wishes.set(call, wish);
    this.#attitudes.set(call, chance.pick(ATTITUDES));
    return wish;
  }

  /** One call from beginning to end. */
  async #go(wish: Wish, way: Way, chance: Chance): Promise<void> {
    const modern = eraOf(way) === '2026';
    if (modern && chance.hits(0.15)) this.#attitudes.set(wish.call, chance.pick(['altered', 'swapped']));
    this.story.push(`#${wish.call} ${way} ${this.#attitudes.get(wish.call)} ${wish.tool} ${JSON.stringify(wish.args)}`);
    const wire = this.#world.wire(way);
    try {
      if (!modern) return this.#ended(wish, toReply(await wire.answerTo(wire.post(wish.tool, wish.args, this.#id()))));
      let reply = await wire.call(wish.tool, wish.args, this.#id());
      let last: { state: string; answer: unknown } | undefined;
      for (let asked = 0; reply.kind === 'asked' && asked < 4; asked++) {
        if (chance.hits(0.08)) await this.#editNow(wish, chance);
        last = { state: reply.state, answer: this.#answer(wish.call, reply.form) };
        reply = await this.#return(wish, way, last, chance);
      }
      const changeId = reply.kind === 'result' ? String(reply.is['change_id']) : '';
      if (last && reply.kind === 'result' && reply.is['outcome'] === 'updated') {
        this.#used = [...this.#used.slice(-30), { way, wish, ...last, changeId }];
      }
      this.#ended(wish, reply);
    } catch (error) {
      if (!/ended|reached|broke off/.test(String(error))) throw error;
      this.#count(GONE);
    }
  }

  /** Comes back with an answer: as it was given, or tampered with. */
  async #return(
    wish: Wish,
    way: Way,
    { state, answer }: { state: string; answer: unknown },
    chance: Chance,
  ): Promise<Reply> {
    const wire = this.#world.wire(way);
    const attitude = this.#attitudes.get(wish.call);
    if (attitude === 'altered') {
      const at = chance.below(state.length - 4) + 3;
      const altered = `${state.slice(0, at)}${state[at] === 'A' ? 'B' : 'A'}${state.slice(at + 1)}`;
      return await wire.call(wish.tool, wish.args, { ...answerWith(answer, altered), ...this.#id() });
    }
    if (attitude === 'swapped') {
      const other = this.#newWish(chance);
      this.#attitudes.set(other.call, 'no');
      this.story.push(`#${other.call} with the yes to #${wish.call}: ${JSON.stringify(other.args)}`);
      await wire.call(other.tool, other.args, { ...answerWith(answer, state), ...this.#id() });
      this.#attitudes.set(wish.call, 'no');
      return await wire.call(wish.tool, wish.args, { ...answerWith(NO, state), ...this.#id() });
    }
    return await wire.call(wish.tool, wish.args, { ...answerWith(answer, state), ...this.#id() });
  }

  #id(): { id: string } {
    return { id: `soak-${++this.#ids}` };
  }

  /** What a person says to a question about this call. Counts every yes that is meant. */
  #answer(call: number, form: unknown): unknown {
    const attitude = this.#attitudes.get(call) ?? 'no';
    this.#count('asked');
    if (attitude === 'yes') this.#ledger.agree(call);
    return answerOf(attitude, form);
  }

  #ended(wish: Wish, reply: Reply): void {
    if (reply.kind === 'error') return void this.#problems.push(`#${wish.call}: ${JSON.stringify(reply.raw)}`);
    if (reply.kind === 'asked') return this.#count('left open');
    const outcome = String(reply.is['outcome']);
    this.#count(wish.undoes === undefined ? outcome : `undo ${outcome}`);
    this.#problems.push(...personalIn(reply, wish.call));
    if (outcome === 'updated' && !this.#ledger.isWritten(wish.call))
      this.#problems.push(`#${wish.call}: updated, unwritten`);
  }

  /** Somebody looks around meanwhile. */
  async #look(chance: Chance): Promise<void> {
    if (!chance.hits(0.2)) return;
    const wire = this.#world.wire(chance.pick(['stdio 2026', 'http 2026']));
    const [tool, args]: [string, JsonRecord] = chance.hits(0.5)
      ? ['list_changes', { limit: 20 }]
      : ['find_user', { query: chance.pick(['Jane Doe', 'jane.doe@acme.example', 'priya']) }];
    try {
      this.#problems.push(...personalIn(await wire.call(tool, args, this.#id())));
    } catch (error) {
      if (!/ended|reached|broke off/.test(String(error))) throw error;
    }
  }

  /** Somebody else edits a record while nothing else goes on. */
  async #edit(): Promise<void> {
    const vendor = this.#chance.pick(VENDORS);
    const user = this.#chance.pick([...this.#world.server.sandbox.vendors[vendor].users.keys()]);
    const plain = FIELDS[vendor].filter(({ merged, secret }) => !merged && !secret);
    const field = this.#chance.pick(plain);
    const edit = { vendor, user, field: field.name, value: field.value(valuesOf(++this.#calls, this.#chance)) };
    await this.#patch(edit);
    this.#model.edit(edit);
  }

  /** The same while a person thinks about a change of that very record. */
  async #editNow(wish: Wish, chance: Chance): Promise<void> {
    const field = chance.pick(FIELDS[wish.vendor].filter(({ merged, secret }) => !merged && !secret));
    const value = field.value(valuesOf(++this.#calls, chance));
    const edit = { vendor: wish.vendor, user: wish.user, field: field.name, value };
    this.#foreign.push(edit);
    await this.#patch(edit);
  }

  async #patch({ vendor, user, field, value }: ForeignEdit): Promise<void> {
    this.story.push(`somebody sets ${vendor} ${user} ${field}`);
    const answer = await fetch(`${this.#world.server.sandbox.url}/_sandbox/users/${vendor}/${user}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ [field]: value }),
    });
    if (!answer.ok) throw new Error(`the edit was refused: ${await answer.text()}`);
  }

  /** Puts a record back as it was and brings the old yes again: it must be asked for anew. */
  async #replay(): Promise<void> {
    const fitting = this.#used.filter(({ wish }) => !wish.merges && wish.undoes === undefined);
    const used = fitting.length > 0 ? this.#chance.pick(fitting) : undefined;
    const before = used && this.#model.before(used.changeId);
    if (!used || !before) return;
    const { way, wish, state, answer } = used;
    for (const field of [...Object.keys(wish.set), ...wish.clear]) {
      const edit = { vendor: wish.vendor, user: wish.user, field, value: before[field] ?? '' };
      await this.#patch(edit);
      this.#model.edit(edit);
    }
    this.story.push(`replay of #${wish.call}`);
    this.#count('replayed');
    const reply = await this.#world
      .wire(way)
      .call(wish.tool, wish.args, { ...answerWith(answer, state), ...this.#id() });
    this.#used = this.#used.filter((one) => one !== used);
    if (reply.kind === 'result' && reply.is['outcome'] === 'updated') {
      this.#problems.push(`#${wish.call} was written again with a used yes: ${JSON.stringify(reply.raw)}`);
    }
  }

  /** Waits until nothing is open, then looks at everything. */
  async #settle(index: number): Promise<void> {
    const { store } = this.#world;
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
    for await (const entry of store.rows(this.#seq)) entries.push(entry);
    this.#seq = entries.at(-1)?.seq ?? this.#seq;
    this.#noteFaults();
    this.#problems.push(...this.#model.settle(entries, this.#wishes, this.#foreign));
    const chain = head.seq < 3000 || index % 20 === 0 ? await verifyChain(store.rows(), head) : { ok: true };
    if (!chain.ok) this.#problems.push(`the chain is broken: ${JSON.stringify(chain)}`);
    this.#problems.push(...this.#ears.listen(index % 10 === 0));
  }

  /** What the sandbox itself edited by a fault of this round. */
  #noteFaults(): void {
    for (const { id, users } of Object.values(this.#world.server.sandbox.vendors)) {
      for (const [user, record] of users) {
        const value = record['x_foreign'];
        const known = this.#model.held(id, user)['x_foreign'];
        if (value !== undefined && value !== known) this.#foreign.push({ vendor: id, user, field: 'x_foreign', value });
      }
    }
  }
}

async function within<T>(work: Promise<T>, ms: number, problem: string): Promise<T> {
  const late = sleep(ms, undefined, { ref: false }).then(() => {
    throw new Error(problem);
  });
  return await Promise.race([work, late]);
}
