import { ownCommandLine } from '../own-command.ts';
import type { Client } from './client.ts';

/** Whether a person is asked in the client. */
export function canAsk({ question }: Client): boolean {
  return question === 'form' || question === 'page';
}

/** Whether the client puts the question, and what to do if not. `config`: the configuration that names the store. */
export function questionText({ title, question }: Client, config?: string): string {
  const options = config === undefined ? [] : ['--config', config];
  const register = `register one with: ${ownCommandLine('approver', 'add', 'NAME', ...options)}`;
  switch (question) {
    case 'form':
      return `${title} puts questions to you in a form.`;
    case 'page':
      return `${title} puts questions to you in a form, and opens the approval page where there is one.`;
    case 'none':
      return `${title} cannot put a question: a change that needs a yes waits for an approver; ${register}`;
    case 'unreliable':
      return `${title} declares forms, but was reported not to show them. Set confirmation.channel to "page", so that an approver decides; ${register}`;
    case 'unknown':
      return `Whether ${title} puts questions is not known. Where it does not, a change that needs a yes waits for an approver; ${register}`;
  }
}
