import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError, UsageError } from '../../../src/errors.ts';
import { startDeadline } from '../../../src/lib/async/deadline.ts';
import { isLoopback } from '../../../src/lib/loopback.ts';
import { headersOf, pathAndQuery } from '../../../src/providers/interpret/address.ts';
import { FIRST_PAGE, lookupPath } from '../../../src/providers/interpret/lookup.ts';
import { fillUrl } from '../../../src/providers/interpret/url.ts';
import { get } from '../../../src/upstream/client.ts';
import { json, startOrigin } from '../../support/vendors/origin.ts';
import { plainConnection } from '../../support/vendors/plain-provider.ts';

/** No value leaves the place of its template. */

const piece = fc.constantFrom(
  '/',
  '\\',
  '?',
  '#',
  '%',
  '..',
  '.',
  '\r\n',
  '\n',
  '\t',
  '\0',
  '@',
  ':',
  ';',
  '&',
  '=',
  '+',
  ' ',
  '"',
  "'",
  '{',
  '}',
  '{other}',
  '$&',
  '%2e',
  '%2F',
  '%00',
  '//evil.example',
  'http://',
  '[::1]',
  '／',
  '。',
  '．',
  'é',
  '💣',
  '\u202e',
  '\ud800',
  'a',
  'Z',
  '7',
  '-',
  '_',
  'xn--',
);
const hostile = fc
  .oneof(
    fc.array(piece, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
  )
  .filter((text) => text !== '');
const runs = { numRuns: 5000 };

/** What was made of it, or undefined where it was refused. */
function refusable<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof UsageError || (error instanceof AppError && error.code === 'invalid_input')) return undefined;
    throw error;
  }
}

describe('a value', () => {
  it('stays in its segment of a path, and in its parameter', () => {
    fc.assert(
      fc.property(hostile, hostile, (id, other) => {
        const values = { userId: id, other, space: 'main' };
        const made = refusable(() =>
          pathAndQuery('/v1/{space}/users/{userId}/x', { $select: 'a,{other}', q: '{userId}' }, values),
        );
        if (made === undefined) {
          expect(id).toMatch(/^\.{1,2}$/);
          return;
        }
        const url = new URL(`https://plain.example/base${made}`);
        expect(url.host).toBe('plain.example');
        expect(url.hash).toBe('');
        expect(url.pathname.split('/').map(decodeURIComponent)).toEqual([
          '',
          'base',
          'v1',
          'main',
          'users',
          id.toWellFormed(),
          'x',
        ]);
        expect([...url.searchParams]).toEqual([
          ['$select', `a,${other.toWellFormed()}`],
          ['q', id.toWellFormed()],
        ]);
        expect(made).toMatch(/^[\x21-\x7e]+$/);
      }),
      runs,
    );
  });

  it('stays in its label, and leaves the rest of the host alone', () => {
    fc.assert(
      fc.property(hostile, (tenant) => {
        const made = refusable(() => fillUrl('https://{tenant}.plain.example/api', { tenant }));
        if (made === undefined) return;
        expect(new URL(made).href).toBe(`https://${tenant.toLowerCase()}.plain.example/api`);
      }),
      runs,
    );
  });

  it('that is a host is one, and nothing else', () => {
    fc.assert(
      fc.property(hostile, (host) => {
        const made = refusable(() => fillUrl('https://{host}/api', { host }));
        if (made === undefined || !URL.canParse(made)) return;
        const { username, password, pathname, search, hash, protocol } = new URL(made);
        expect([username, password, pathname, search, hash, protocol]).toEqual(['', '', '/api', '', '', 'https:']);
      }),
      runs,
    );
  });

  it('that is a base URL keeps the path behind it', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.constantFrom('', 'https://a.example', 'https://a.example/', 'http://a.example'), hostile),
        ([start, rest]) => {
          const made = refusable(() =>
            fillUrl('{baseUrl}/realms/{realm}/token', { baseUrl: start + rest, realm: 'r' }),
          );
          if (made === undefined) return;
          const { protocol, hostname, username, password, search, hash, pathname } = new URL(made);
          if (!isLoopback(hostname)) expect(protocol).toBe('https:');
          expect([username + password, search, hash]).toEqual(['', '', '']);
          expect(pathname).toMatch(/\/realms\/r\/token$/);
        },
      ),
      runs,
    );
  });

  it('stays in its segment of a whole URL', () => {
    fc.assert(
      fc.property(hostile, (realm) => {
        const made = refusable(() => fillUrl('https://plain.example/realms/{realm}/token?x={realm}', { realm }));
        if (made === undefined) return;
        const url = new URL(made);
        expect(url.host).toBe('plain.example');
        expect(url.pathname.split('/').map(decodeURIComponent)).toEqual(['', 'realms', realm, 'token']);
        expect(url.searchParams.get('x')).toBe(realm.replaceAll('+', '+'));
      }),
      runs,
    );
  });

  it.each([
    ['tenant', 'evil.example/'],
    ['tenant', 'a.b'],
    ['tenant', ''],
    ['host', 'a@b'],
    ['host', 'a..b'],
    ['host', 'a:b'],
    ['host', 'a/b'],
    ['realm', '..'],
    ['realm', '.'],
  ])('is refused where %s is %j', (name, value) => {
    const settings = { tenant: 't', host: 'h.example', realm: 'r', [name]: value };
    const fill = () => [
      fillUrl('https://{tenant}.plain.example', settings),
      fillUrl('https://{host}', settings),
      fillUrl('https://plain.example/{realm}', settings),
    ];
    if (value === '') expect(fill()).toContain(undefined);
    else expect(fill).toThrow(new RegExp(`^${name}: `));
  });

  it('in a search language is one quoted text of it', () => {
    const looking = (quote: 'json' | 'odata', query: string) => {
      const lookup = { by: 'email', path: '/users', query: { filter: 'mail eq {query} and x' }, quote } as const;
      const found = new URL(`https://h.example${lookupPath(lookup, query, FIRST_PAGE, {})}`);
      expect([...found.searchParams.keys()]).toEqual(['filter']);
      return /^mail eq (.*) and x$/s.exec(found.searchParams.get('filter') ?? '')?.[1] ?? '';
    };
    fc.assert(
      fc.property(hostile, (query) => {
        expect(JSON.parse(looking('json', query))).toBe(query);
        const odata = looking('odata', query.toWellFormed());
        expect(odata).toMatch(/^'(?:[^']|'')*'$/s);
        expect(odata.slice(1, -1).replaceAll("''", "'")).toBe(query.toWellFormed());
      }),
      runs,
    );
  });

  it('is not filled again with what it names', () => {
    const values = { userId: '{token}$&{userId}', token: 'secret' };
    expect(decodeURIComponent(pathAndQuery('/users/{userId}', undefined, values))).toBe('/users/{token}$&{userId}');
    const headers = { 'X-Account': '{userId}' };
    expect(headersOf({ headers, signIn: [{ needs: ['token'] }] }, values)).toEqual({
      'X-Account': '{token}$&{userId}',
    });
  });

  it('stays in its header, or nothing is sent', async () => {
    const got: (readonly [string | undefined, string[]])[] = [];
    const { url } = await startOrigin((request, response) => {
      got.push([request.headers['x-account']?.toString(), Object.keys(request.headers)]);
      json(response, 200, {});
    });
    const limits = { requestMs: 20_000, responseBytes: 10_000, attempts: 1 };
    const known = ['x-account', 'accept', 'accept-encoding', 'user-agent', 'authorization', 'host', 'connection'];
    await fc.assert(
      fc.asyncProperty(hostile, async (account) => {
        got.length = 0;
        const connection = plainConnection(url, { headers: { 'X-Account': 'a {account}' } }, { account });
        const sent = await get(connection, { path: '/', within: startDeadline(20_000) }, limits).then(
          () => true,
          () => false,
        );
        expect(got).toHaveLength(sent ? 1 : 0);
        for (const [value, names] of got) {
          expect(names.filter((name) => !known.includes(name))).toEqual([]);
          expect(
            Buffer.from(value ?? '', 'latin1')
              .toString('latin1')
              .trim(),
          ).toBe(`a ${account}`.trim());
        }
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });
});
