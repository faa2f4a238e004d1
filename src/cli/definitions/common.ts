import { flag, text } from './command.ts';

/** Options that several commands have. */

export const config = { config: text('FILE', 'the configuration; default: $UPDATE_USER_CONFIG') };

export const json = { json: flag('print JSON, for scripts') };

/** Where to listen; port 0 is any that is free. */
export function listeningPort(standard: string) {
  const meaning = 'where to listen; 0 stands for any free one';
  return { port: text('PORT', meaning, { default: standard, check: portFrom(0) }) };
}

/** Says so if a value is no port. */
export function portFrom(first: number) {
  return (value: string) => {
    const isPort = /^\d{1,5}$/.test(value) && Number(value) >= first && Number(value) <= 65_535;
    return isPort ? undefined : `expected a number from ${first} to 65535`;
  };
}

/** Says so if a text is longer than is stored, instead of silently cutting it. */
export function atMost(characters: number) {
  return {
    check: (value: string) => (value.length > characters ? `at most ${characters} characters` : undefined),
  };
}
