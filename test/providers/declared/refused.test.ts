import { describe, expect, it } from 'vitest';
import { faultsOf, validFile, withValue } from '../../support/declared/file.ts';

/** One fault in a valid file is refused with its pointer, and it is the only one named. */

type Path = readonly (string | number)[];
const set = (path: Path, value: unknown) => faultsOf(withValue(validFile(), path, value));

it('the file that is changed here has no fault', () => {
  expect(faultsOf(validFile())).toEqual([]);
});

describe.each<[string, readonly [Path, unknown, RegExp | string][]]>([
  [
    'an id',
    [
      [['id'], 'a', '/id: expected 2 to 24'],
      [['id'], 'Acme', '/id: expected'],
      [['id'], '1acme', '/id: expected'],
      [['id'], 'acme-hr', '/id: expected'],
      [['id'], 'a'.repeat(25), '/id: expected'],
      [['id'], 'acme\n', '/id: expected'],
    ],
  ],
  [
    'the shape',
    [
      [['version'], 2, '/version: '],
      [['title'], undefined, '/title: is missing'],
      [['title'], 'Ac\u202eme', '/title: must not contain line breaks or invisible'],
      [['docs'], 'http://acme.example', '/docs: expected an https URL'],
      [['fields', 'title', 'sensitivity'], undefined, '/fields/title/sensitivity: is missing'],
      [['fields', 'title', 'effect'], undefined, '/fields/title/effect: is missing'],
      [['openFields', 'custom', 'sensitivity'], undefined, '/openFields/custom/sensitivity: is missing'],
      [['openFields', 'custom', 'effect'], undefined, '/openFields/custom/effect: is missing'],
      [['readOnly', 'id'], 'open', '/readOnly/id: '],
      [['readOnly', 'created', 'sensitivity'], undefined, '/readOnly/created/sensitivity: is missing'],
      [['fields', 'title', 'pattern'], '^(a+)+$', '/fields/title/pattern: not a known key'],
      [['userId', 'pattern'], '.*', '/userId/pattern: not a known key'],
      [['settings', 'tenant', 'env'], 'AWS_SECRET_ACCESS_KEY', '/settings/tenant/env: not a known key'],
      [['script'], 'x', '/script: not a known key'],
      [['a/b~c'], 1, '/a~1b~0c: not a known key'],
      [['write', 'method'], 'DELETE', '/write/method: '],
      [['fields', 'constructor'], { type: 'text', sensitivity: 'public', effect: 'ordinary' }, '/fields/constructor: '],
      [['fields', 'toString'], { type: 'text', sensitivity: 'public', effect: 'ordinary' }, '/fields/toString: '],
      [['settings', 'valueOf'], { kind: 'text', description: 'A word' }, '/settings/valueOf: has a meaning of its own'],
      [['fields', 'a.b'], { type: 'text', sensitivity: 'public', effect: 'ordinary' }, '/fields/a.b: '],
    ],
  ],
  [
    'where requests go',
    [
      [['baseUrl'], 'http://{tenant}.api.acme.example/v1', /baseUrl: expected https/],
      [['baseUrl'], 'ftp://{tenant}.acme.example', /baseUrl: expected https/],
      [['baseUrl'], 'https://{tenant}', /baseUrl: \{tenant\} would be a whole host: expected the kind host/],
      [['baseUrl'], '{tenant}', /baseUrl: \{tenant\} would be a whole address: expected the kind url/],
      [['baseUrl'], 'https://{tenant}.com', /baseUrl: expected a host whose last two labels are given/],
      [['baseUrl'], 'https://acme.{tenant}', /baseUrl: expected a host whose last two labels are given/],
      [['baseUrl'], 'https://a{tenant}.acme.example', /baseUrl: a setting fills a whole label/],
      [['baseUrl'], 'https://{tenant}:8443.acme.example', /baseUrl: /],
      [['baseUrl'], 'https://{tenant}@acme.example', /baseUrl: an address has no query, fragment, user/],
      [['baseUrl'], 'https://{tenant}.acme.example?x=1', /baseUrl: an address has no query/],
      [['baseUrl'], 'https://{tenant}.acme.example#', /baseUrl: an address has no query/],
      [['baseUrl'], 'https:\\\\{tenant}.acme.example', /baseUrl: an address has no query/],
      [['baseUrl'], 'https://{tenant}.acme.example/../x', /baseUrl: a path has no \. or \.\./],
      [['baseUrl'], 'https://{tenant}.acme.example/a%2fb', /baseUrl: a path has no/],
      [['baseUrl'], 'https://{tenant}.acme.example/x{tenant}', /baseUrl: a setting fills a whole segment/],
      [['baseUrl'], 'https://{tenant}.acme.example/', /baseUrl: must not end with a slash/],
      [['baseUrl'], 'https://{tenant}.{token}.acme.example', /baseUrl: \{token\} is a secret/],
      [['baseUrl'], 'https://{tenant}.{nothing}.acme.example', /baseUrl: \{nothing\} is not known here/],
      [['baseUrl'], 'https://{tenant}.{a-b}.acme.example', /baseUrl: has a brace that encloses no name/],
      [['read', 'path'], '//evil.example/{userId}', /read\/path: must not begin with two slashes/],
      [['read', 'path'], 'https://evil.example/{userId}', /read\/path: expected a path that begins with \//],
      [['read', 'path'], '/users/../{userId}', /read\/path: must not contain \. or \.\./],
      [['read', 'path'], '/users/%2E%2e/{userId}', /read\/path: must not contain \. or \.\./],
      [['read', 'path'], '/users/{userId}?x={tenant}', /read\/path: a path has no \?/],
      [['read', 'path'], '/users/a{userId}', /read\/path: a name fills a whole segment/],
      [['read', 'path'], '/users/me', /read\/path: has no segment \{userId\}/],
      [['write', 'path'], '/users/me', /write\/path: has no segment \{userId\}/],
      [['read', 'path'], '/{token}/{userId}', /read\/path: \{token\} is not of kind text/],
      [['read', 'path'], '/{host}/{userId}', /read\/path: \{host\} is not of kind text/],
      [['read', 'query'], { key: '{token}' }, /read\/query\/key: \{token\} is not of kind text/],
      [['read', 'query'], { key: '{ tenant }' }, /read\/query\/key: has braces around something that is no name/],
      [['read', 'query'], { key: '{query}' }, /read\/query\/key: \{query\} is not known here/],
      [['probe', 'path'], '/users/{userId}', /probe\/path: \{userId\} is not known here/],
    ],
  ],
  [
    'headers',
    [
      ...['Host', 'content-length', 'Transfer-Encoding', 'Connection', 'Cookie', 'Content-Type', 'TE', 'Upgrade'].map(
        (name): [Path, unknown, string] => [
          ['headers', name],
          'x',
          `/headers/${name}: is a header that a file cannot set`,
        ],
      ),
      ...['Proxy-Authorization', 'Sec-Fetch-Site', 'X-Forwarded-Host', 'X-HTTP-Method-Override'].map(
        (name): [Path, unknown, string] => [
          ['headers', name],
          'x',
          `/headers/${name}: is a header that a file cannot set`,
        ],
      ),
      [['auth', 'headers', 'Cookie'], 'a={token}', '/auth/headers/Cookie: is a header that a file cannot set'],
      [['headers', 'X-A: b'], 'x', '/headers/X-A: b: '],
      [['headers', 'X-A\r\nHost'], 'x', '/headers/X-A\r\nHost: '],
      [['headers', 'X-A'], 'a\r\nHost: evil.example', '/headers/X-A: must not contain line breaks'],
      [['headers', 'X-A'], 'a\nb', '/headers/X-A: must not contain line breaks'],
      [['headers', 'X-A'], 'ä', '/headers/X-A: has a character that a header cannot have'],
      [['headers', 'X-A'], '{nothing}', '/headers/X-A: {nothing} is not known here'],
      [['headers', 'X-A'], '{userId}', '/headers/X-A: {userId} is not known here'],
      [['headers', 'x-region'], 'a', '/headers/x-region: is given twice'],
      [['headers', 'Authorization'], 'Bearer {token}', '/headers/Authorization: belongs to auth'],
      [['find', 0, 'headers'], { 'X-A': '{tenant}' }, '/find/0/headers/X-A: a header of a look-up is sent as it is'],
    ],
  ],
  [
    'settings',
    [
      [['settings', 'unused'], { kind: 'text', description: 'x' }, '/settings/unused: is used nowhere'],
      [['settings', 'token', 'kind'], 'text', '/auth: names no setting of kind secret'],
      [['settings', 'tenant', 'kind'], 'password', '/settings/tenant/kind: '],
      [['settings', 'tenant', 'description'], undefined, '/settings/tenant/description: is missing'],
    ],
  ],
  [
    'pointers',
    [
      [['fields', 'title', 'pointer'], 'profile/title', '/fields/title/pointer: expected a JSON pointer'],
      [['fields', 'title', 'pointer'], '#/profile/title', '/fields/title/pointer: expected a JSON pointer'],
      [['fields', 'title', 'pointer'], '', '/fields/title/pointer: expected a place inside'],
      [['fields', 'title', 'pointer'], '/', '/fields/title/pointer: has an empty name'],
      [['fields', 'title', 'pointer'], '/profile/~2', '/fields/title/pointer: in a JSON pointer ~ is written ~0'],
      [['fields', 'title', 'pointer'], '/__proto__/x', '/fields/title/pointer: "__proto__" cannot be a name'],
      [['fields', 'title', 'pointer'], '/a/constructor', '/fields/title/pointer: "constructor" cannot be a name'],
      [['fields', 'title', 'pointer'], '/a'.repeat(9), '/fields/title/pointer: is more than 8 levels deep'],
      [['fields', 'title', 'derives'], ['x'], '/fields/title/derives/0: expected a JSON pointer'],
      [['errors', 'messages'], ['error'], '/errors/messages/0: expected a JSON pointer'],
    ],
  ],
  [
    'places',
    [
      [['fields', 'title', 'pointer'], '/profile/email', /\/fields\/email: is at the place of fields\/title/],
      [['fields', 'level', 'pointer'], '/address/city', /\/fields\/level: is inside fields\/address/],
      [['readOnly', 'created', 'pointer'], '/address/since', /\/readOnly\/created: is inside fields\/address/],
      [
        ['fields', 'level', 'pointer'],
        '/profile',
        /\/openFields\/custom: is at the place of fields\/level|is inside fields\/level/,
      ],
      [
        ['openFields', 'other'],
        { pointer: '/profile', sensitivity: 'public', effect: 'ordinary' },
        /\/openFields\/other: is at the place of openFields\/custom/,
      ],
      [['readOnly', 'title'], 'public', /title: is also declared in fields/],
    ],
  ],
  [
    'the write',
    [
      [['write', 'encoding'], 'replace', '/write/carry: is missing: with replace, decide'],
      [['write', 'carry'], 'all', '/write/carry: goes with the encoding replace only'],
      [['write', 'encoding'], 'xml', '/write/encoding: '],
      [['write', 'encoding'], 'scim-patch', undefined as never],
      [['write', 'contentType'], 'text/xml', '/write/contentType: expected application/json'],
      [['write', 'contentType'], 'application/json\r\nX: y', '/write/contentType: expected application/json'],
      [['write', 'patchStyle'], 'path', '/write/patchStyle: goes with the encoding scim-patch only'],
      [['write', 'withhold'], ['/id'], '/write/withhold: goes with carry "all" only'],
      [['write', 'echo'], { nothing: {} }, '/write/echo/nothing: "nothing" is no field'],
      [
        ['write', 'echo'],
        { title: { with: ['titel'] } },
        '/write/echo/title/with/0: "titel" is no field; did you mean title?',
      ],
      [['fields', 'title', 'clear'], 'omit', '/fields/title/clear: omit empties nothing with merge-patch'],
      [['fields', 'level', 'clear'], 'empty', '/fields/level/clear: "" is no value of the type integer'],
      [['fields', 'title', 'clear'], 'empty-list', '/fields/title/clear: [] is a value of the type list only'],
    ].filter(([, , expected]) => expected !== undefined) as [Path, unknown, string][],
  ],
  [
    'fields',
    [
      [['fields', 'title', 'minimum'], 1, '/fields/title/minimum: goes with the type integer or number only'],
      [['fields', 'level', 'maxLength'], 1, '/fields/level/maxLength: goes with the type'],
      [['fields', 'level', 'maximum'], 0, '/fields/level/minimum: is more than maximum'],
      [['fields', 'title', 'enum'], ['a', 'a'], '/fields/title/enum/1: is there twice'],
      [['fields', 'title', 'enum'], [1], '/fields/title/enum/0: is no value of the type text'],
      [['fields', 'title', 'enum'], [], '/fields/title/enum: must have at least 1 entries'],
      [['fields', 'roles', 'items'], undefined, '/fields/roles/items: is missing'],
      [['fields', 'address', 'keys'], undefined, '/fields/address/keys: is missing'],
      [['fields', 'title', 'compare'], 'set', '/fields/title/compare: set goes with the type list only'],
      [['fields', 'title', 'effect'], 'secret', '/fields/title/sensitivity: expected secret'],
      [['fields', 'title', 'maxLength'], 10 ** 9, '/fields/title/maxLength: expected at most'],
      [['ids'], ['uuid'], '/ids/0: "uuid" is no declared attribute'],
      [['label'], [['nam']], '/label/0/0: "nam" is no declared attribute'],
      [['volatile'], ['title'], '/volatile/0: "title" is no read-only attribute'],
      [['apart'], ['email'], '/apart/0: "email" is not public'],
      [
        ['status'],
        [{ is: 'active', when: { active: [true] } }],
        '/status/0/when/active: "active" is no declared attribute',
      ],
      [['example', 'set'], { titel: 'x' }, '/example/set/titel: is no field'],
      [['example', 'set'], { level: 'x' }, '/example/set/level: '],
      [['example', 'user_id'], 'jane', '/example/user_id: is no id'],
    ],
  ],
  [
    'look-ups',
    [
      [['find', 0, 'query'], { a: 'b' }, /\/find\/0: names \{query\} nowhere/],
      [['find', 0, 'query'], undefined, /\/find\/0: names \{query\} nowhere/],
      [['find', 0, 'by'], 'phone', /\/find\/0\/by: /],
      [['find', 0, 'scan'], { maxPages: 3 }, /\/find\/0\/scan: .*needs paging/],
      [['find', 0, 'scan'], { maxPages: 10 ** 6 }, /\/find\/0\/scan\/maxPages: /],
      [['find', 0, 'paging'], { kind: 'guess' }, /\/find\/0\/paging/],
    ],
  ],
])('%s', (_, cases) => {
  it.each(
    cases.map(
      ([path, value, expected]) => [path.join('/'), JSON.stringify(value) ?? 'nothing', path, value, expected] as const,
    ),
  )('%s = %s', (_path, _value, path, value, expected) => {
    const faults = set(path, value);
    const fits = (fault: string) => (typeof expected === 'string' ? fault.startsWith(expected) : expected.test(fault));
    expect(faults).toContainEqual(expect.toSatisfy(fits));
  });
});

it('names all faults of a file at once, in sections of any shape', () => {
  const file = withValue(
    withValue(withValue(validFile(), ['baseUrl'], 'https://{nothing}.acme.example'), ['probe'], 5),
    ['fields', 'title', 'effect'],
    undefined,
  );
  expect(faultsOf(withValue(file, ['write', 'carry'], 'all'))).toEqual([
    '/fields/title/effect: is missing',
    '/probe: expected object, received number',
    '/baseUrl: {nothing} is not known here; known: {tenant}, {host}, {issuer}, {region}, {token}',
    '/write/carry: goes with the encoding replace only',
  ]);
});

it('shows no value of the file in a fault', () => {
  const secret = 'hunter2-4711';
  const walk = (value: unknown, path: Path): string[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, member]) => walk(member, [...path, key]))
      : set(path, secret);
  const shown = walk(validFile(), []).filter((fault) => fault.includes(secret));
  // Names are shown: an attribute that is not declared.
  expect(shown.filter((fault) => !/ is no (?:declared|read-only) attribute/.test(fault))).toEqual([]);
});
