import { idOf } from '../../../src/sandbox/people.ts';
import type { ServedPage } from './page.ts';

/** Requests of every kind that the pages show, with their addresses. */

const EXAMPLES = {
  deletion: [
    'atomicwork',
    { user_id: idOf('atomicwork', 'jane'), set: { is_deleted: true }, reason: 'left on Friday' },
  ],
  leaving: [
    'atlassian',
    {
      user_id: idOf('atlassian', 'jane'),
      set: { title: 'Advisor', active: false },
      clear: ['nickName'],
      reason: 'leaves on Friday',
    },
  ],
  keyboard: ['atlassian', { user_id: idOf('atlassian', 'john'), set: { active: false } }],
  secret: [
    'mediasilo',
    {
      user_id: idOf('mediasilo', 'jane'),
      set: {
        email: 'jane.d0e@acme.example',
        status: 'DELETED',
        address: { city: 'Hamburg\u202e<script>', country: 'DE' },
      },
      ask_for: ['password'],
      reason: 'a'.repeat(200),
    },
  ],
  plain: [
    'awork',
    { user_id: idOf('awork', 'anna'), set: { position: 'Lead Designer', language: 'de' }, reason: 'promoted' },
  ],
  emails: [
    'atlassian',
    {
      user_id: idOf('atlassian', 'max'),
      set: { emails: [{ value: `${'long'.repeat(12)}@acme.example`, primary: true, type: 'work' }] },
    },
  ],
  first: ['atlassian', { user_id: idOf('atlassian', 'anna'), set: { title: 'Lead' } }],
  second: ['atlassian', { user_id: idOf('atlassian', 'misaki'), set: { title: 'Lead' } }],
} as const satisfies Record<string, readonly [connection: string, args: unknown]>;

type Name = keyof typeof EXAMPLES;
export type ExampleUrls = Record<Name | 'list' | 'together' | 'unknown', string>;

/** Asks for all of them; policy has to want approval for everything. */
export async function askForExamples({ pipeline, page }: ServedPage): Promise<ExampleUrls> {
  const ids = {} as Record<Name, string>;
  for (const [name, [connection, args]] of Object.entries(EXAMPLES)) {
    const { approval, message } = await pipeline.call(connection, args);
    if (!approval) throw new Error(message);
    ids[name as Name] = approval.id;
  }
  const requests = Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, `${page.url}/${id}`]));
  return {
    ...(requests as Record<Name, string>),
    list: page.url,
    together: `${page.url}/together?pick-${ids.first}=on&pick-${ids.second}=on`,
    unknown: `${page.url}/00000000-0000-4000-8000-000000000000`,
  };
}
