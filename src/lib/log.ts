import { createRequire } from 'node:module';
import type { Logger } from 'pino';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts of a log line: only our own words, codes and ids. No values of a user record, no vendor text. */
export type LogFacts = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  debug(facts: LogFacts, message: string): void;
  info(facts: LogFacts, message: string): void;
  warn(facts: LogFacts, message: string): void;
  error(facts: LogFacts, message: string): void;
}

/**
 * JSON lines on stderr; stdout belongs to the protocol. pino is loaded with the first line, since most sessions write
 * none. `scrub` is a second safety net: facts contain no credentials in the first place.
 */
export function createLog(level: LogLevel, scrub: (text: string) => string = (text) => text): Log {
  let logger: Logger | undefined;
  const write = (at: Exclude<LogLevel, 'silent'>) => (facts: LogFacts, message: string) => {
    if (LOG_LEVELS.indexOf(at) < LOG_LEVELS.indexOf(level)) return;
    logger ??= openLogger(level);
    const clean = Object.entries(facts).map(([key, value]) => [key, typeof value === 'string' ? scrub(value) : value]);
    logger[at](Object.fromEntries(clean), scrub(message));
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function openLogger(level: LogLevel): Logger {
  const { pino } = createRequire(import.meta.url)('./pino.cjs') as typeof import('pino');
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}
