import type { ElicitRequestFormParams } from '@modelcontextprotocol/server';
import { spelledOut } from '../../update/confirm/typed-name.ts';
import type { Answer, ConfirmationToken, Question } from '../../update/types.ts';

/** A question as a form in the client, and what was filled in. */

/** The harmless choice comes first, because some clients preselect the first. */
const CHOICES = [
  { text: 'No, change nothing', means: 'no' },
  { text: 'Yes, make this change', means: 'yes' },
] as const;

const KEEP = 'No, keep what is there now';
const OVERWRITE = 'Yes, overwrite it';

/** Requires content and has no defaults, because some hosts accept forms without asking anyone. */
export function toForm({ message, typed, contested }: Question): Omit<ElicitRequestFormParams, 'mode'> {
  return {
    message,
    requestedSchema: {
      type: 'object',
      properties: {
        confirm: { type: 'string', title: 'Make this change?', enum: CHOICES.map(({ text }) => text) },
        ...(contested && {
          overwrite: {
            type: 'string',
            title: `Also overwrite ${contested.join(', ')}, changed since?`,
            enum: [KEEP, OVERWRITE],
          },
        }),
        ...(typed !== undefined && { typed: { type: 'string', title: `Type ${spelledOut(typed)} to confirm` } }),
      },
      required: typed === undefined ? ['confirm'] : ['confirm', 'typed'],
    },
  };
}

export function toAnswer(
  token: ConfirmationToken,
  action: Answer['action'],
  content: Record<string, unknown> | undefined,
): Answer {
  const choice = CHOICES.find(({ text }) => text === content?.['confirm'])?.means;
  const typed = content?.['typed'];
  return {
    token,
    action,
    afterMs: Math.max(0, Date.now() - token.mintedAt),
    overwrite: content?.['overwrite'] === OVERWRITE,
    ...(choice && { choice }),
    ...(typeof typed === 'string' && { typed }),
  };
}
