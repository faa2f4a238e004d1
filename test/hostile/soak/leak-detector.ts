import { findEncoded } from '../../support/encodings.ts';
import type { Reply } from '../../support/json-rpc/stdio.ts';
import { CREDENTIALS, STRANGE } from '../../support/marked-values.ts';
import { TOKENS } from '../../support/transports.ts';
import { markOf, PERSONAL, SECRET } from './requests.ts';
import type { World } from './world.ts';

/** Listens to everything that leaves for what must not. */
export interface Ears {
  /** What was told since the last time and should not have been; with the store's own bytes, if wanted. */
  listen(storeToo: boolean): string[];
}

const KNOWN = [STRANGE, ...Object.values(TOKENS), ...CREDENTIALS];

export function openEars(world: World): Ears {
  /** How much of each log, by how it begins, was heard. */
  const heard = new Map<string, number>();
  const fresh = (log: string) => {
    const key = log.slice(0, 200);
    const from = heard.get(key) ?? 0;
    heard.set(key, log.length);
    return log.slice(from);
  };
  return {
    listen(storeToo) {
      const { lines, logs } = world.heard();
      const logged = logs.map(fresh).join('\n');
      const problems = [...secretsIn([...lines, logged].join('\n'), 'what was said'), ...personal(logged, 'the log')];
      if (!storeToo) return problems;
      const texts = world.storeTexts();
      return [
        ...problems,
        ...texts.flatMap((text) => [...secretsIn(text, 'the store'), ...personal(text, 'the store')]),
      ];
    },
  };
}

/** Personal values in an answer that its own call did not bring along. */
export function personalIn({ raw }: Reply, call?: number): string[] {
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
    .map(({ 0: mark, index }) => `${where} tells ${mark}: ${text.slice(Math.max(0, index - 500), index + 100)}`);
}
