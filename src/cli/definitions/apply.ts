import { bounds } from '../../bounds.ts';
import { shippedProviders } from '../../config/providers/shipped.ts';
import { FILE_FORMATS } from '../apply/reading/formats.ts';
import { action, flag, list, text } from './command.ts';
import { atMost, config } from './common.ts';

const first = shippedProviders[0]?.id;

export const apply = action({
  name: 'apply',
  summary: 'apply a CSV or JSON Lines file to many people, with one question',
  description: [
    'Reads a CSV file (RFC 4180: commas, UTF-8, a header line) or JSON Lines ({"user_id": …, "set": {…}, "clear": […]}), shows what would change for whom, asks once at the terminal, and writes at the pace of the vendor. A column is named like the field it sets, name.givenName for a key of an object.',
    'A line that is wrong in itself fails alone; a file that cannot be read as a whole stops everything. Someone who is named twice is not changed. What policy sends to an approver waits: the command says how to go on, and exits 1.',
    'Ctrl-C stops before the next write. Exits 0 if everyone was updated, was so already or is only previewed. Guide: docs/apply.md.',
  ],
  args: [{ name: 'FILE', text: 'the file; not with --resume', isOptional: true }],
  options: {
    provider: text('ID', 'the provider of all changes in the file'),
    connection: text('NAME', 'the connection, if the provider has several'),
    id: text('COLUMN', 'the column with the vendor’s ids; default: user_id'),
    'find-by': text(
      'email=COLUMN',
      'look people up by the e-mail address in this column; with --id, where there is no id',
    ),
    map: list('COLUMN=FIELD', 'the field that a column with another name sets'),
    ignore: list('COLUMN', 'a column that is not used'),
    'clear-empty': flag('an empty cell clears its field; else it leaves the field as it is'),
    format: text('NAME', 'how to read the file; default: jsonl for .jsonl and .ndjson, else csv', {
      values: FILE_FORMATS,
    }),
    'all-or-nothing': flag('if one change cannot be made, make none; what was made is put back'),
    'dry-run': flag('show what would change; ask and write nothing'),
    reason: text('TEXT', 'shown to the person asked, and recorded', atMost(bounds.reasonCharacters)),
    resume: text('BATCH_ID', 'go on after an interruption or an approval: try again what failed'),
    ...config,
    json: flag('print JSON Lines, for scripts: one object a person as she ends, then the counts'),
  },
  examples: [
    { args: `apply titles.csv --provider ${first} --dry-run`, text: 'what would change' },
    {
      args: `apply export.csv --provider ${first} --find-by email=Mail --map "Job title=title" --ignore Salary`,
      text: 'an export of a personnel system',
    },
    { args: 'apply --resume 0198f3a2-7b1c-7d3e-9a4b-5c6d7e8f9012', text: 'go on' },
  ],
  load: async () => (await import('../apply/command.ts')).run,
});
