import { shippedProviders } from '../../config/providers/shipped.ts';
import { BUILT_IN_CALLERS } from '../../update/types.ts';
import { action, type CommandGroup, flag, list, text } from './command.ts';
import { config, json } from './common.ts';

/** Commands to try a policy before it counts. */

const wholeNumber = {
  check: (value: string) => (/^[1-9]\d{0,5}$/.test(value) ? undefined : 'expected a whole number from 1'),
};

export const policy: CommandGroup = {
  name: 'policy',
  summary: 'try rules before they count',
  description: ['Neither asks anybody nor writes anything.'],
  subcommands: [
    action({
      name: 'test',
      summary: 'show what policy says of a change',
      description: [
        'The change is checked as the tool of the provider checks it. With --user the user record is read, and the plan is the one a call would make. Without it, everything that is named counts as changed, and where a rule asks for the user or for the value before, it says that it cannot tell.',
        'Exits 0 whatever the verdict is.',
      ],
      options: {
        provider: text('ID', 'the provider of the change'),
        set: list(
          'FIELD=VALUE',
          'a field and its new value; FIELD.KEY=VALUE for a key of an object. JSON where the field takes it: true, 5, ["a"]; a text that looks like JSON in double quotes',
        ),
        clear: list('FIELD', 'a field to empty, or FIELD.KEY'),
        'ask-for': list('FIELD', 'a secret that an approver would type'),
        user: text('ID', 'the vendor’s id of the user, whose record is read'),
        caller: text('NAME', 'who asks; local is the client of a stdio server', { default: BUILT_IN_CALLERS.command }),
        people: text(
          'NUMBER',
          'how many user records the call changes, for rules with people; what the caller changed in the hour before does not count',
          { ...wholeNumber, default: '1' },
        ),
        connection: text('NAME', 'the connection, if the provider has several'),
        ...config,
        ...json,
      },
      examples: [
        {
          args: `policy test --provider ${shippedProviders[0]?.id} --set title=Engineer --caller local`,
          text: 'would a title be asked about',
        },
      ],
      load: async () => (await import('../commands/policy-test.ts')).run,
    }),
    action({
      name: 'replay',
      summary: 'show which recorded changes would have met another verdict',
      description: [
        'Judges what the audit log holds by the rules of --config. The audit log is that of the environment and $UPDATE_USER_CONFIG; without that variable, the one that --config names.',
        'Where a rule asks for a value that is masked in the audit log, or for the e-mail address of the user, it says that it cannot tell. Exits 1 if an entry cannot be read.',
      ],
      options: {
        since: text('TIME', '7d (or h, w), a day, or a date-time; without a zone UTC', { default: '30d' }),
        until: text('TIME', 'likewise; a day is included to its end'),
        limit: text('NUMBER', 'how many changes at most to show of each kind; all are counted', {
          ...wholeNumber,
          default: '20',
        }),
        config: text('FILE', 'the configuration whose rules are tried'),
        json: flag('print JSON Lines, for scripts: each change that differs or cannot be told, then the counts'),
      },
      examples: [
        { args: 'policy replay --since 90d --config new.config.json', text: 'what the new rules would have done' },
      ],
      load: async () => (await import('../commands/policy-replay.ts')).run,
    }),
  ],
};
