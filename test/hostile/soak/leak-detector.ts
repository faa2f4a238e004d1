import type { ToolReply } from '../../support/json-rpc/stdio.ts';
import { TOKENS } from '../../support/program/transports.ts';
import { findEncoded } from '../../support/text/encodings.ts';
import { CREDENTIALS, STRANGE } from '../../support/vendors/marked-values.ts';
import { markOf, PERSONAL, SECRET } from './planned-calls.ts';
import type { System } from './system.ts';

/** Searches everything the programs write for values that must not leave them. */
export interface LeakDetector {
  /** Leaks in the output since the last call, and in the store's own bytes where `storeToo`. */
  find(storeToo: boolean): string[];
}

const KNOWN = [STRANGE, ...Object.values(TOKENS), ...CREDENTIALS];

export function createLeakDetector(system: System): LeakDetector {
  /** How much of each log was searched, by its beginning. */
  const searched = new Map<string, number>();
  const fresh = (log: string) => {
    const key = log.slice(0, 200);
    const from = searched.get(key) ?? 0;
    searched.set(key, log.length);
    return log.slice(from);
  };
  return {
    find(storeToo) {
      const { lines, logs } = system.newOutput();
      const logged = logs.map(fresh).join('\n');
      const problems = [...secretsIn([...lines, logged].join('\n'), 'the output'), ...personal(logged, 'the log')];
      if (!storeToo) return problems;
      const texts = system.storeTexts();
      return [
        ...problems,
        ...texts.flatMap((text) => [...secretsIn(text, 'the store'), ...personal(text, 'the store')]),
      ];
    },
  };
}

/** Personal values in a reply that its own call did not send. */
export function personalIn({ raw }: ToolReply, call?: number): string[] {
  return personal(JSON.stringify(raw), 'a result', call === undefined ? undefined : markOf(call));
}

function secretsIn(text: string, where: string): string[] {
  const found = KNOWN.filter((mark) => findEncoded(text, mark));
  const secret = SECRET.exec(text)?.[0];
  return [...found, ...(secret === undefined ? [] : [secret])].map((mark) => `${where} holds ${mark}`);
}

function personal(text: string, where: string, own?: number): string[] {
  const found = [...text.matchAll(PERSONAL)].filter(([, mark]) => Number(mark) !== own);
  return found
    .slice(0, 1)
    .map(({ 0: mark, index }) => `${where} shows ${mark}: ${text.slice(Math.max(0, index - 500), index + 100)}`);
}
