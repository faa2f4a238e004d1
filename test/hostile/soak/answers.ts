import { CHOICE, NO } from '../../support/json-rpc/stdio.ts';
import { type Form, type FormAnswer, yes } from '../../support/stdio-server.ts';

/**
 * How a question may be answered: by a person, or by the client itself, which declines and closes at once or sends the
 * form back as it came. An altered yes comes with another state, a swapped one with another call.
 */
export type Attitude = 'yes' | 'no' | 'declined' | 'closed' | 'unchosen' | 'mislabelled' | 'altered' | 'swapped';

export const ATTITUDES: readonly Attitude[] = [
  ...Array<Attitude>(6).fill('yes'),
  'no',
  'declined',
  'closed',
  'unchosen',
  'mislabelled',
];

export function answerOf(attitude: Attitude, form: unknown): FormAnswer {
  const agreed = yes({ message: '', requestedSchema: form as Form['requestedSchema'] }) as FormAnswer;
  const content = agreed.content ?? {};
  switch (attitude) {
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
