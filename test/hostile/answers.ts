import { type Form, type FormAnswer, yes } from '../house.ts';

/** How a question may be answered. An altered yes comes with another state, a swapped one with another call. */
export type Attitude = 'yes' | 'no' | 'closed' | 'unticked' | 'mislabelled' | 'altered' | 'swapped';

export const ATTITUDES: readonly Attitude[] = [
  ...Array<Attitude>(5).fill('yes'),
  'no',
  'closed',
  'unticked',
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
      return { action: 'decline' };
    case 'closed':
      return { action: 'cancel' };
    case 'unticked':
      return { action: 'accept', content: { ...content, confirm: 'No, change nothing' } };
    case 'mislabelled':
      return 'typed' in content ? { action: 'accept', content: { ...content, typed: 'Jan' } } : { action: 'decline' };
  }
}
