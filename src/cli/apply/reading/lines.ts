import { bounds } from '../../../bounds.ts';
import { UnreadableFile } from './fault.ts';

/** One line of a text that is not empty. */
export interface TextLine {
  /** From 1 on. */
  line: number;
  text: string;
}

/** The lines of a text, piece by piece, ended by LF or CR LF as JSON Lines has it. */
export async function* readLines(pieces: AsyncIterable<string>): AsyncGenerator<TextLine> {
  let [line, rest] = [0, ''];
  const checked = (text: string): string => {
    if (text.length <= bounds.argumentBytes) return text;
    throw new UnreadableFile(`the line is longer than ${bounds.argumentBytes / 1024 ** 2} MiB.`, {
      line: line + 1,
      column: 1,
    });
  };
  for await (const piece of pieces) {
    const texts = piece.split('\n');
    for (const [nth, part] of texts.entries()) {
      rest = checked(rest + part);
      if (nth === texts.length - 1) break;
      line++;
      if (rest.trim() !== '') yield { line, text: rest };
      rest = '';
    }
  }
  if (rest.trim() !== '') yield { line: line + 1, text: rest };
}
