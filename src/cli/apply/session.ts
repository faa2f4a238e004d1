import type { Store } from '../../store/store.ts';
import type { BatchPlan } from '../../update/batch/plan/types.ts';
import type { BatchCall, BatchObserver, BatchPhase, BatchReply, BatchResult } from '../../update/batch/types.ts';
import type { Answer, Ask } from '../../update/types.ts';
import { answerAtTerminal } from '../asking/at-terminal.ts';
import { print, write } from '../output.ts';
import { listenForInterrupt } from './interrupt.ts';
import { type LineResult, memberLine, toJsonLine } from './line-result.ts';
import { planText } from './plan-text.ts';
import { createProgress } from './progress.ts';
import { countsOfLines, endText, isGood, resumeLine } from './result-text.ts';

/** How a batch is shown while it is under way, and how it is asked about. */
export interface SessionOptions {
  /** The command that asks. */
  command: 'apply' | 'undo';
  /** `lines`: an object a line and person, as they end. `whole`: the result as one object. */
  json: 'lines' | 'whole' | undefined;
}

/** A batch that a person or a script runs with a command. */
export interface Session {
  /** For the call of the batch. */
  origin: Pick<BatchCall, 'canAsk' | 'place' | 'signal' | 'isKept'> & { signal: AbortSignal; observer: BatchObserver };
  progress(what: string, done: number, total: number): void;
  /**
   * Runs a batch to its end: asks what has to be asked, prints everything and returns the exit code. `others`: lines that
   * ended before they became part of it.
   */
  run(batch: BatchCall, others: readonly LineResult[], attempt: BatchRun, store: Store): Promise<number>;
  /** Prints how everyone ended if there is no batch. */
  endWithout(id: string, others: readonly LineResult[], message: string): Promise<number>;
  /** The exit code after Ctrl-C; undefined if none came. */
  interrupted(): number | undefined;
  close(): void;
}

/** The batch, with the answer to the question of an earlier attempt. */
export type BatchRun = (answer?: Answer) => Promise<BatchReply>;

const PHASES: Record<BatchPhase, string> = { plan: 'Reading', write: 'Writing', undo: 'Putting back' };

export function openSession({ command, json }: SessionOptions): Session {
  const canAsk = process.stdin.isTTY === true;
  const bar = createProgress();
  const say = (text: string): void => {
    bar.clear();
    process.stderr.write(`${text}\n`);
  };
  const interruption = listenForInterrupt(() => say('Stopping: what is being written is brought to its end.'));
  const printed = new Set<number>();
  let current: { batch: BatchCall; others: readonly LineResult[] } | undefined;
  let [isOpened, shownPlan] = [false, ''];
  /** The exit code of a question that Ctrl-C ended. */
  let stopped: number | undefined;

  async function showPlan(plan: BatchPlan): Promise<void> {
    if (!current) return;
    const { batch, others } = current;
    const members = [...plan.ended].map(([index, result]) => memberLine(batch.changes[index], result));
    const text = planText(
      batch,
      plan,
      [...others, ...members.filter(({ outcome }) => outcome !== 'updated')].sort(
        (one, other) => (one.line ?? 0) - (other.line ?? 0),
      ),
    );
    if (text === shownPlan) return;
    shownPlan = text;
    bar.clear();
    if (json === undefined) await write(`${text}\n\n`);
    // The person who is asked has to see it, wherever stdout leads.
    if (canAsk && (json !== undefined || !process.stdout.isTTY)) say(text);
  }

  const observer: BatchObserver = {
    progress: (phase, done, total) => bar.show(PHASES[phase], done, total),
    planned: showPlan,
    opened(id) {
      isOpened = true;
      bar.clear();
      if (json === undefined) print(`Batch ${id}`);
      else process.stderr.write(`Batch ${id}\n`);
    },
    ended(index, result) {
      if (json !== 'lines' || !current) return;
      bar.clear();
      printed.add(index);
      print(toJsonLine(memberLine(current.batch.changes[index], result)));
    },
  };

  async function finish(result: BatchResult, store: Store): Promise<number> {
    if (!current) throw new Error('the session has no batch');
    const { batch, others } = current;
    const members = result.results.map((one, index) => {
      return memberLine(command === 'apply' ? batch.changes[index] : undefined, one);
    });
    bar.clear();
    const all = [...others, ...members].sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
    if (json === 'lines') {
      for (const one of others) await write(`${toJsonLine(one)}\n`);
      for (const [index, one] of members.entries()) if (!printed.has(index)) await write(`${toJsonLine(one)}\n`);
      print(JSON.stringify({ batch_id: result.batch_id, counts: countsOfLines(all) }));
      if (result.approval) say(`${result.message}\n${result.next}`);
    } else if (json === 'whole') {
      const { kind: _, ...shown } = result;
      print(JSON.stringify(shown));
    }
    const isToResume = (await store.batches.get(result.batch_id)) !== undefined;
    const isStopped = interruption.exitCode() !== undefined && !isOpened;
    const text = endText(result, all, {
      isToResume,
      isStopped,
      isDry: batch.dryRun,
      allOrNothing: batch.allOrNothing,
    });
    if (json === undefined) await write(`${text}\n`);
    else if (isToResume && !result.approval) say(resumeLine(result.batch_id));
    return interruption.exitCode() ?? stopped ?? (all.every(isGood) ? 0 : 1);
  }

  return {
    origin: { canAsk, place: 'terminal', isKept: true, signal: interruption.signal, observer },
    progress: (what, done, total) => bar.show(what, done, total),
    interrupted: interruption.exitCode,
    close: interruption.release,
    async run(batch, others, attempt, store) {
      current = { batch, others };
      let reply = await attempt();
      for (let nth = 1; reply.kind === 'ask'; nth++) {
        bar.clear();
        const onStopped = (code: number) => void (stopped = code);
        const asked = { command, text: againText(reply, nth), yes: yesText(reply), onStopped };
        reply = await attempt(await answerAtTerminal(reply, asked));
      }
      return await finish(reply, store);
    },
    async endWithout(id, others, message) {
      bar.clear();
      if (json === undefined) {
        await write(`${message}\n`);
      } else {
        for (const one of others) await write(`${toJsonLine(one)}\n`);
        print(JSON.stringify({ batch_id: id, counts: countsOfLines(others) }));
      }
      return interruption.exitCode() ?? (others.every(isGood) ? 0 : 1);
    },
  };
}

/** A later question begins with why it is asked again; the plan was shown. */
function againText({ question }: Pick<Ask, 'question'>, nth: number): string {
  const [first = ''] = question.message.split('\n');
  return nth === 1 || first.startsWith('Change ') ? '' : first;
}

function yesText({ token }: Pick<Ask, 'token'>): string {
  const count = token.batch?.digests.filter((digest) => digest !== null).length ?? 0;
  return count === 1 ? 'Make this change?' : `Make these ${count} changes?`;
}
