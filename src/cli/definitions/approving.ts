import { MAX_REASON } from '../../approvals/approval.ts';
import { MIN_PASSPHRASE } from '../../approvals/passphrase.ts';
import { EFFECTS } from '../../providers/effects.ts';
import { action, type CommandGroup, flag, list, text } from './command.ts';
import { atMost, config, json, listeningPort } from './common.ts';

/** Commands for approvers, and about them. */

const passphrase = { 'passphrase-stdin': flag('take the passphrase from the first line of stdin, for scripts') };
const script = { approver: text('NAME', 'the approver who decides; else asked for'), ...passphrase };

const id = [{ name: 'ID', text: 'as shown by approvals list; a prefix is enough if it is the only one' }];

export const approvals: CommandGroup = {
  name: 'approvals',
  summary: 'list pending approvals, or serve the approval page',
  description: ['Requests for approval, and the page to decide on them.'],
  subcommands: [
    action({
      name: 'list',
      summary: 'list requests for approval, soonest to expire first',
      description: [
        'Pending requests, and those approved but not used yet. Decide with update-user-mcp approve ID or reject ID; take a yes back with approve ID --take-back.',
      ],
      options: { ...config, ...json },
      load: async () => (await import('../commands/approvals.ts')).list,
    }),
    action({
      name: 'serve',
      summary: 'serve the approval page on 127.0.0.1 until stopped',
      options: { ...listeningPort('0'), ...config },
      load: async () => (await import('../commands/approvals.ts')).serve,
    }),
  ],
};

export const approve = action({
  name: 'approve',
  summary: 'approve a pending change',
  description: [
    'Shows a request for approval and approves it, or shows the outcome of the change if it was approved already. Asks for an approver’s name and passphrase at the terminal.',
    'A script runs it twice: with --approver and --passphrase-stdin it prints the question and a digest, and approves nothing; with --digest, and --confirm where something has to be typed, it agrees to exactly that. A new password is always typed by a person.',
  ],
  args: id,
  options: {
    'take-back': flag('take your unused yes back: the request is pending again'),
    ...script,
    digest: text('DIGEST', 'with --passphrase-stdin: a yes to what was shown with this digest'),
    confirm: text('TEXT', 'with --passphrase-stdin: what a person would have to type'),
    overwrite: flag('with --passphrase-stdin: also overwrite what was changed since'),
    ...config,
    ...json,
  },
  load: async () => (await import('../commands/decide.ts')).approve,
});

export const reject = action({
  name: 'reject',
  summary: 'decline a pending change',
  description: [
    'Declines a request for approval, even if you have approved it, unless it was used already. Asks for an approver’s name and passphrase at the terminal.',
  ],
  args: id,
  options: { reason: text('TEXT', 'kept with the decision', atMost(MAX_REASON)), ...script, ...config, ...json },
  load: async () => (await import('../commands/decide.ts')).reject,
});

const isOption = {
  is: list(
    'PRINCIPAL',
    'another name of this person, as callers are identified: the name of a token, ISSUER#SUB, an e-mail address. A caller may not approve its own changes',
  ),
};
const mayOption = {
  may: list(
    'PROVIDER:EFFECT',
    `what this approver may decide on; * for any on either side. A change of several effects needs the right to each: ${EFFECTS.join(', ')}`,
  ),
};
const name = [{ name: 'NAME', text: 'letters, digits, and . _ @ - inside' }];

export const approver: CommandGroup = {
  name: 'approver',
  summary: 'add, change, list or remove the people who may approve',
  description: [
    'Approvers may decide on requests for approval, on the approval page or with update-user-mcp approve.',
    'Names that look alike count as one person, whatever their case or alphabet, so a second one is refused. To rename an approver, remove it and add another.',
  ],
  subcommands: [
    action({
      name: 'add',
      summary: 'register an approver',
      description: [
        `Asks twice for a passphrase of at least ${MIN_PASSPHRASE} characters, at the terminal. Without rights given the approver may decide on everything.`,
      ],
      args: name,
      options: {
        ...mayOption,
        ...isOption,
        ...passphrase,
        ...config,
      },
      examples: [
        { args: 'approver add ann --passphrase-stdin < passphrase.txt', text: 'without a terminal' },
        {
          args: "approver add ben --may '*:ordinary' --may '*:access'",
          text: 'one who may not decide on sign-ins, accounts and passwords',
        },
      ],
      load: async () => (await import('../commands/approver.ts')).add,
    }),
    action({
      name: 'change',
      summary: 'change the rights or other names of an approver',
      description: [
        'The options replace what was there; the passphrase stays. What the approver agreed to and is not used yet is judged by the new rights and names.',
      ],
      args: name,
      options: { ...mayOption, ...isOption, 'no-is': flag('forget the other names of this person'), ...config },
      load: async () => (await import('../approver/change.ts')).change,
    }),
    action({
      name: 'passphrase',
      summary: 'change the passphrase of an approver',
      description: [
        'Asks for the passphrase of before, then twice for the new one. The sessions of that approver end, and yeses of before that are not used yet no longer count. For a passphrase that is lost, remove the approver and add it again.',
      ],
      args: name,
      options: {
        'passphrase-stdin': flag('take the passphrase of before and the new one from the first two lines of stdin'),
        ...config,
      },
      load: async () => (await import('../approver/change.ts')).changePassphrase,
    }),
    action({
      name: 'list',
      summary: 'list names, rights, how they sign in, other names of the same person, and since when',
      options: { ...config, ...json },
      load: async () => (await import('../commands/approver.ts')).list,
    }),
    action({
      name: 'remove',
      summary: 'remove an approver',
      description: ['Also ends the sessions of that name; its unused yeses no longer count.'],
      args: name,
      options: { ...config },
      load: async () => (await import('../commands/approver.ts')).remove,
    }),
  ],
};
