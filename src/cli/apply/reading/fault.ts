/** A fault of the file as a whole: nothing in it can be trusted, so nothing is done. Lines and columns count from 1. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';

  constructor(message: string, place: { line?: number; column?: number } = {}) {
    const { line, column } = place;
    super(`${line === undefined ? '' : `line ${line}${column === undefined ? '' : `, column ${column}`}: `}${message}`);
  }
}

/** Counts physical lines and columns (UTF-16 units) of a text that comes in pieces. CR LF, LF and CR end a line. */
export function createPosition() {
  let [line, column, isAfterCr] = [1, 1, false];
  return {
    advance(text: string): void {
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at);
        if (code === CR || (code === LF && !isAfterCr)) line++;
        column = code === CR || code === LF ? 1 : column + 1;
        isAfterCr = code === CR;
      }
    },
    now: () => ({ line, column }),
  };
}

export const CR = 0x0d;
export const LF = 0x0a;
