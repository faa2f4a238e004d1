import { bounds } from '../../bounds.ts';
import { OUTCOMES } from '../../update/types.ts';
import { FORMATS } from '../changes/format-names.ts';
import { type Action, action, type CommandGroup, flag, text } from './command.ts';
import { atMost, config, json } from './common.ts';

/** Commands about recorded changes. */

const DEFAULT_LIMIT = 20;

const limit = {
  check: (value: string) => (/^[1-9]\d{0,8}$/.test(value) ? undefined : 'expected a whole number from 1'),
};

const filters = {
  provider: text('ID', 'changes at this provider'),
  user: text('USER', 'a user id or an e-mail address, also of a user who is deleted by now'),
  field: text('FIELD', 'props.theme, PROVIDER.props.theme, *.title, or props with all in it'),
  caller: text('NAME', 'who called; * stands for any text'),
  approver: text('NAME', 'who approved or declined; * stands for any text'),
  outcome: text('NAME', 'how the call ended', { values: OUTCOMES }),
  since: text('TIME', '7d (or h, w), a day, or a date-time; without a zone UTC'),
  until: text('TIME', 'likewise; a day is included to its end'),
  batch: text('ID', 'the changes of one batch'),
};

const format = (standard: string) => ({
  format: text('NAME', `how to print; default: ${standard}`, { values: FORMATS }),
});

export const changes: CommandGroup = {
  name: 'changes',
  summary: 'list, verify or export the audit log',
  description: ['The audit log of every change and attempt. Values are stored masked. Times are UTC.'],
  subcommands: [
    action({
      name: 'list',
      summary: 'list changes, newest first',
      description: ['Says how many more there are. All filters that are given must match.'],
      options: {
        ...filters,
        ...format('table'),
        limit: text('NUMBER', 'how many at most', { ...limit, default: `${DEFAULT_LIMIT}` }),
        ...config,
        ...json,
      },
      examples: [
        { args: 'changes list --user jane.doe@acme.example --since 7d', text: 'what happened to her this week' },
        { args: 'changes list --outcome unverified', text: 'changes to look at' },
        {
          args: "changes list --user jane.doe@acme.example --field '*.title' --since 30d",
          text: 'who changed her title in the last 30 days, why, and who agreed',
        },
      ],
      load: async () => (await import('../commands/changes.ts')).list,
    }),
    action({
      name: 'verify',
      summary: 'check the hash chain, and print its head',
      description: ['Names the first broken entry and exits 1, else prints the head.'],
      options: { head: text('HASH', 'a head noted elsewhere, which has to be in the chain'), ...config, ...json },
      load: async () => (await import('../commands/changes.ts')).verify,
    }),
    action({
      name: 'export',
      summary: 'print every entry as JSON Lines, or changes in another format, oldest first',
      description: [
        'All filters that are given must match. JSON has every entry as it is stored; with --outcome, intents of changes that have an outcome are left out. CSV (one line for each changed field), OCSF (Account Change events, one a line) and tables have each change once.',
      ],
      options: {
        ...filters,
        ...format('jsonl'),
        limit: text('NUMBER', 'how many at most', limit),
        ...config,
        json: flag('the same as --format jsonl'),
      },
      examples: [
        {
          args: 'changes export --format csv --since 2026-01-01 --until 2026-01-31',
          text: 'January, for a spreadsheet',
        },
        { args: 'changes export --format ocsf --since 1d', text: 'yesterday and today, for a SIEM' },
      ],
      load: async () => (await import('../commands/changes.ts')).exportAll,
    }),
  ],
};

export const undo: Action = action({
  name: 'undo',
  summary: 'restore what a recorded change or a batch replaced',
  description: [
    'Asks the same question as for an agent’s change. Without a terminal nobody answers it: where policy asks for a yes, the question goes to an approver, and the command exits 1. A batch is taken back with one question; it becomes a batch of its own.',
  ],
  args: [
    {
      name: 'ID',
      text: 'of a change, as shown by changes list, or of a batch; a prefix is enough if only one of them has it',
    },
  ],
  options: {
    reason: text('TEXT', 'shown to the person asked, and recorded', atMost(bounds.reasonCharacters)),
    'dry-run': flag('show what would change; ask and write nothing'),
    ...config,
    ...json,
  },
  examples: [
    { args: 'undo 0198f3a2-7b1c --dry-run', text: 'what would be restored' },
    { args: 'undo 0198f3a2-9d4e --reason "wrong list"', text: 'take a batch back' },
  ],
  load: async () => (await import('../commands/undo.ts')).run,
});
