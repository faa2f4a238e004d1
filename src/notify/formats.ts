import type { NoticeFormat } from './events.ts';
import type { Notice } from './notice.ts';
import type { NoticeText } from './text.ts';

/** The body of a notice in each format. */
export function toBody(format: NoticeFormat, notice: Notice, text: () => NoticeText): string {
  return JSON.stringify(BODIES[format](notice, text));
}

const BODIES: Readonly<Record<NoticeFormat, (notice: Notice, text: () => NoticeText) => object>> = {
  json: (notice) => notice,
  slack: (_, text) => slackMessage(text()),
  teams: (_, text) => teamsMessage(text()),
};

/**
 * https://docs.slack.dev/messaging/formatting-message-text: `plain_text` knows no links, mentions or markup. `text` is
 * what a notification shows; it holds our own words only.
 */
function slackMessage({ title, facts, next, url }: NoticeText): object {
  const plain = (text: string) => ({ type: 'plain_text', text: cut(slackEscaped(text), 2900), emoji: false });
  const lines = facts.map(([name, value]) => `${name}: ${value}`);
  const link =
    url === undefined
      ? []
      : [{ type: 'mrkdwn', text: `<${slackEscaped(url)}|Open the approval site>`, verbatim: true }];
  return {
    text: slackEscaped(title),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'section', text: plain([title, ...lines, next].join('\n')) },
      ...link.map((text) => ({ type: 'section', text })),
    ],
  };
}

function slackEscaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using: a message with an
 * Adaptive Card. A `TextRun` knows no markup, and without `entities` nothing is a mention.
 */
function teamsMessage({ title, facts, next, url }: NoticeText): object {
  const lines: (readonly [string, string])[] = [[title, ''], ...facts, [next, '']];
  const runs = lines.map(([name, value], index) => ({
    type: 'RichTextBlock',
    inlines:
      value === ''
        ? [{ type: 'TextRun', text: name, ...(index === 0 && { weight: 'Bolder', size: 'Medium' }) }]
        : [
            { type: 'TextRun', text: `${name}: `, weight: 'Bolder' },
            { type: 'TextRun', text: cut(value, 2900) },
          ],
  }));
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: runs,
    ...(url !== undefined && { actions: [{ type: 'Action.OpenUrl', title: 'Open the approval site', url }] }),
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

/** Slack refuses longer texts, and nobody reads them. */
function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most).toWellFormed()}…` : text;
}
