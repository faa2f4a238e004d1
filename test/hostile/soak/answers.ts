import { CHOICE, NO } from '../../support/json-rpc/stdio.ts';
import { type Form, type FormAnswer, yes } from '../../support/program/stdio-server.ts';

/**
 * How a question is answered: by a person, or by the client itself, which declines or cancels at once or returns the
 * form untouched. An altered yes comes with a changed state, a swapped one with the arguments of another call.
 */
export type AnswerKind = 'yes' | 'no' | 'declined' | 'closed' | 'unchosen' | 'mislabelled' | 'altered' | 'swapped';

export const ANSWER_KINDS: readonly AnswerKind[] = [
  ...Array<AnswerKind>(6).fill('yes'),
  'no',
  'declined',
  'closed',
  'unchosen',
  'mislabelled',
];

export function answerOf(kind: AnswerKind, form: unknown): FormAnswer {
  const agreed = yes({ message: '', requestedSchema: form as Form['requestedSchema'] }) as FormAnswer;
  const content = agreed.content ?? {};
  switch (kind) {
    case 'yes':
    case 'altered':
    case 'swapped':
      return agreed;
    case 'no':
      return { action: 'accept', content: { ...content, confirm: CHOICE.no } };
    case 'declined':
      return { action: 'decline' };
    case 'closed':
      return { action: 'cancel' };
    case 'unchosen':
      return { action: 'accept', content: { ...content, confirm: '' } };
    case 'mislabelled':
      return 'typed' in content ? { action: 'accept', content: { ...content, typed: 'Jan' } } : NO_ANSWER;
  }
}

const NO_ANSWER = NO as FormAnswer;
