import { spelledOut } from '../../update/confirm/typed-name.ts';
import type { Answer, Ask } from '../../update/types.ts';
import { openTerminal, Stopped } from '../terminal.ts';

/** A question that is put at the terminal, and what it is about in words. */
export interface TerminalQuestion {
  /** The command that asks. */
  command: string;
  /** What is shown before the choice: everything that a yes covers, unless it was shown already. */
  text: string;
  /** What a yes does. */
  yes: string;
  /** Called with the exit code if Ctrl-C or Ctrl-D came in place of an answer. */
  onStopped?(exitCode: number): void;
}

/** Asks the same question as a client does. Anything but a clear yes is a no. */
export async function answerAtTerminal(
  { question, token }: Pick<Ask, 'question' | 'token'>,
  { command, text, yes, onStopped }: TerminalQuestion,
): Promise<Answer> {
  const terminal = openTerminal(command);
  const answered = () => ({ token, afterMs: Date.now() - token.mintedAt });
  try {
    if (text !== '') terminal.say(text);
    if (!(await terminal.isYes(yes))) return { ...answered(), action: 'accept', choice: 'no' };
    const overwrite = question.contested
      ? await terminal.isYes(`Also overwrite ${question.contested.join(', ')}, changed since`)
      : false;
    const typed =
      question.typed === undefined ? undefined : await terminal.line(`Type ${spelledOut(question.typed)} to confirm: `);
    return { ...answered(), action: 'accept', choice: 'yes', overwrite, ...(typed !== undefined && { typed }) };
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    onStopped?.(error.exitCode);
    return { ...answered(), action: 'cancel' };
  } finally {
    terminal.close();
  }
}
