import { isObject, type Json, type JsonObject } from '../../lib/json/json-value.ts';
import { openText } from '../../providers/declared/open-places.ts';
import { type Description, entriesOf, listOf, own, textOf } from './openapi/description.ts';
import type { Update } from './openapi/operations.ts';
import type { SettingsDraft } from './settings.ts';

/** How requests are signed in: `auth` of the file, and headers that are not about it. */
export interface SignInParts {
  auth: Json;
  headers: JsonObject;
  notes: readonly string[];
}

/** Headers that the program sets itself. */
const OWN_HEADERS =
  /^(?:authorization|accept|accept-.*|content-.*|if-.*|host|user-agent|idempotency-key|x-request-id|x-correlation-id|cookie)$/i;

export function signInOf(description: Description, update: Update, settings: SettingsDraft): SignInParts {
  const { auth, notes } = chooseScheme(description, update, settings);
  const used =
    isObject(auth) && isObject(auth['headers']) ? Object.keys(auth['headers']).map((name) => name.toLowerCase()) : [];
  const others = update.parameters.filter(
    ({ in: place, name }) => place === 'header' && !OWN_HEADERS.test(name) && !used.includes(name.toLowerCase()),
  );
  const headers = others.map(({ name, required }): [string, string] => {
    return [name, `{${settings.add(name, 'text', `The header ${name} of every request.`, !required)}}`];
  });
  return { auth, headers: Object.fromEntries(headers), notes };
}

/** The first alternative of the description that a provider file can say. */
function chooseScheme(
  description: Description,
  update: Update,
  settings: SettingsDraft,
): { auth: Json; notes: string[] } {
  const schemes = new Map(entriesOf(description.member(description.root, 'components'), 'securitySchemes'));
  const stated = own(update.own, 'security') ?? own(description.root, 'security');
  const required = (Array.isArray(stated) ? stated : []).filter(isObject).filter((one) => Object.keys(one).length > 0);
  // A description with schemes and no requirement means one of them.
  const alternatives = required.length > 0 ? required : [...schemes.keys()].map((name): JsonObject => ({ [name]: [] }));
  for (const alternative of alternatives) {
    const parts = Object.keys(alternative).map((name) => {
      const scheme = description.resolve(schemes.get(name));
      const scopes = listOf(alternative, name).filter((scope) => typeof scope === 'string');
      return scheme && toAuth(scheme, name, scopes);
    });
    const makers = parts.filter((part) => part !== undefined);
    const [first, ...more] = makers;
    if (!first || makers.length < parts.length || (more.length > 0 && makers.some(({ kind }) => kind !== 'headers')))
      continue;
    const made = makers.map(({ make }) => make(settings));
    const notes = made.flatMap((one) => one.notes);
    const others = alternatives.length > 1 ? [`auth: one of ${alternatives.length} ways to sign in is taken`] : [];
    const headers = made.reduce<JsonObject>(
      (all, one) => ({ ...all, ...(isObject(one.auth['headers']) && one.auth['headers']) }),
      {},
    );
    return {
      auth: first.kind === 'headers' ? { headers } : (made[0]?.auth ?? openText()),
      notes: [...notes, ...others],
    };
  }
  const named =
    alternatives.length > 0
      ? 'the ways to sign in of the description are none that a provider file can say'
      : 'the description does not say how to sign in';
  const token = settings.add('token', 'secret', 'The access token.');
  return { auth: { headers: { Authorization: openText(`Bearer {${token}}`) } }, notes: [`auth: ${named}`] };
}

interface Maker {
  kind: 'headers' | 'other';
  make(settings: SettingsDraft): { auth: JsonObject; notes: string[] };
}

function toAuth(scheme: JsonObject, name: string, scopes: readonly string[]): Maker | undefined {
  const type = textOf(scheme, 'type');
  if (type === 'apiKey') return textOf(scheme, 'in') === 'header' ? apiKey(scheme) : undefined;
  if (type === 'http') return textOf(scheme, 'scheme')?.toLowerCase() === 'basic' ? BASIC : bearerOf(scheme);
  const flows = own(scheme, 'flows');
  const flow = isObject(flows) ? own(flows, 'clientCredentials') : undefined;
  if (type === 'oauth2' && isObject(flow)) return clientCredentials(flow, scopes);
  if (type === 'oauth2' || type === 'openIdConnect')
    return bearer([`auth: ${name} is OAuth without client credentials; a token is taken as it is, and not renewed`]);
  return undefined;
}

function apiKey(scheme: JsonObject): Maker {
  const header = textOf(scheme, 'name') ?? 'Authorization';
  if (header.toLowerCase() !== 'authorization') {
    return {
      kind: 'headers',
      make: (settings) => ({
        auth: { headers: { [header]: `{${settings.add(header, 'secret', `The key in the header ${header}.`)}}` } },
        notes: [],
      }),
    };
  }
  // What stands before the key is at best in the text about it.
  const [, word] =
    /\b(?:Authorization: ?|prefix(?:ed with)? ?[`"'*]*)([A-Za-z][\w-]{1,20})\b/.exec(
      textOf(scheme, 'description') ?? '',
    ) ?? [];
  return {
    kind: 'headers',
    make(settings) {
      const token = `{${settings.add('token', 'secret', 'The key in the header Authorization.')}}`;
      return {
        auth: { headers: { Authorization: openText(word === undefined ? token : `${word} ${token}`) } },
        notes: [],
      };
    },
  };
}

function bearerOf(scheme: JsonObject): Maker | undefined {
  return textOf(scheme, 'scheme')?.toLowerCase() === 'bearer' ? bearer([]) : undefined;
}

function bearer(notes: string[]): Maker {
  return {
    kind: 'headers',
    make: (settings) => ({
      auth: { headers: { Authorization: `Bearer {${settings.add('token', 'secret', 'The access token.')}}` } },
      notes,
    }),
  };
}

const BASIC: Maker = {
  kind: 'other',
  make(settings) {
    const user = settings.add('username', 'text', 'The user name to sign in with.');
    const password = settings.add('password', 'secret', 'The password to sign in with.');
    return { auth: { basic: { user: `{${user}}`, password: `{${password}}` } }, notes: [] };
  },
};

function clientCredentials(flow: JsonObject, scopes: readonly string[]): Maker {
  return {
    kind: 'other',
    make(settings) {
      const clientId = settings.add('clientId', 'text', 'The id of the OAuth client.');
      const clientSecret = settings.add('clientSecret', 'secret', 'The secret of the OAuth client.');
      const tokenUrl = textOf(flow, 'tokenUrl') ?? '';
      return {
        auth: {
          clientCredentials: {
            tokenUrl: /^https:\/\/[^{}?#\s]+$/.test(tokenUrl) ? tokenUrl : openText(),
            clientId: `{${clientId}}`,
            clientSecret: `{${clientSecret}}`,
            ...(scopes.length > 0 && { scope: scopes.join(' ') }),
            sends: openText('basic'),
          },
        },
        notes: [],
      };
    },
  };
}
