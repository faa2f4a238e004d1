import type { Settings } from '../config/load.ts';
import type { NoticeTarget } from '../notify/events.ts';
import { createScrub, type Scrub } from '../update/redact/scrub.ts';
import { credentialTexts } from '../update/redact/sensitive.ts';
import { issuedTokens } from '../upstream/auth/issued-tokens.ts';

/**
 * Removes every credential of the settings from a text, and every access token that was fetched. They are collected with
 * the first text, since most sessions log none, and again when there is a new token.
 */
export function createLogScrub(settings: Settings): Scrub {
  let known: { scrub: Scrub; newest: readonly (string | undefined)[] } | undefined;
  return (text) => {
    const newest = settings.connections.map((connection) => issuedTokens(connection).at(-1));
    if (!known?.newest.every((token, at) => token === newest[at])) {
      known = { scrub: createScrub(credentialsOf(settings)), newest };
    }
    return known.scrub(text);
  };
}

function credentialsOf({ connections, key, oldKeys, notify, approvals }: Settings): string[] {
  const keys = [key, ...oldKeys, approvals.oidc?.clientSecret].filter((value) => value !== undefined);
  const sent = connections.flatMap((connection) => credentialTexts(connection, issuedTokens(connection)));
  return [...sent, ...keys, ...notify.flatMap(noticeTexts)];
}

/** The URL of a target, and the part of it that is the secret. */
function noticeTexts({ url, key }: NoticeTarget): string[] {
  const { pathname, search } = new URL(url);
  const secrets = [url, `${pathname}${search}`, key ? Buffer.from(key).toString('base64') : ''];
  return secrets.filter((text) => text.length >= 8);
}
