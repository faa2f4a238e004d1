import { describe, expect, it } from 'vitest';
import { find } from '../../src/find/find.ts';
import type { Lookup, Paging } from '../../src/providers/calls.ts';
import { createRecords } from '../../src/upstream/records.ts';
import { createRunLookup } from '../../src/upstream/search.ts';
import { json, startOrigin } from '../support/vendors/origin.ts';
import { plainConnection } from '../support/vendors/plain-provider.ts';

const limits = { requestMs: 20_000, responseBytes: 100_000, attempts: 1 };
const ports = {
  records: createRecords({ ...limits, concurrentWrites: 1 }),
  lookup: createRunLookup(limits),
  deadlineMs: 20_000,
};

/** Forty-two people; the last one is Jane Doe. */
const people = Array.from({ length: 42 }, (_, at) => ({
  id: `u${at + 1}`,
  name: at === 41 ? 'Jane Doe' : `Person ${at + 1}`,
  email: at === 41 ? 'jane.doe@acme.example' : `p${at + 1}@acme.example`,
}));

interface Page {
  users: unknown[];
  more?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** Searches a service with a base path by scanning, and returns what it was asked for. */
async function search(
  paging: Paging,
  page: (url: URL, at: string) => Page,
  more: { [Key in keyof Lookup]?: Lookup[Key] | undefined } = {},
  query = 'jane.doe@acme.example',
) {
  const asked: string[] = [];
  const { url } = await startOrigin((request, response) => {
    const target = new URL(request.url ?? '', url);
    asked.push(target.pathname + target.search);
    const { users, more: others, headers } = page(target, url);
    json(response, 200, { users, ...others }, headers);
  });
  const given = { by: 'email', path: '/users', list: ['users'], paging, scan: { maxPages: 10 }, ...more };
  const lookup = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const connection = plainConnection(`${url}/api/v1/`, { find: [lookup as unknown as Lookup] });
  const found = await find([connection], query, 20, ports, new AbortController().signal);
  return { ids: found.users.map(({ user_id }) => user_id), gaps: found.gaps.map(({ why }) => why), asked };
}

const slice = (from: number, count: number) => people.slice(from, from + count);
const number = (url: URL, name: string) => Number(url.searchParams.get(name));

describe('pages by number', () => {
  const paging: Paging = { kind: 'number', parameter: 'page', first: 1, size: { parameter: 'per_page', value: 10 } };

  it('are read until the person is found', async () => {
    const { ids, asked } = await search(paging, (url) => ({ users: slice((number(url, 'page') - 1) * 10, 10) }));
    expect(ids).toEqual(['u42']);
    expect(asked).toEqual([1, 2, 3, 4, 5].map((page) => `/api/v1/users?page=${page}&per_page=10`));
  });

  it('end with one that is shorter than the first', async () => {
    const { gaps, asked } = await search(paging, (url) => ({
      users: slice((number(url, 'page') - 1) * 10, 10).slice(0, 9 + (number(url, 'page') < 3 ? 1 : 0)),
    }));
    expect(asked).toHaveLength(3);
    expect(gaps).toEqual([]);
  });

  it('of a service that ignores the number end at once', async () => {
    const { gaps, asked } = await search(paging, () => ({ users: slice(0, 10) }));
    expect(asked).toHaveLength(2);
    expect(gaps).toEqual(['Plain cannot filter by email: only the first 10 users were searched.']);
  });
});

describe('pages by start index', () => {
  const paging: Paging = { kind: 'start', parameter: 'startIndex', first: 1, size: { parameter: 'count', value: 20 } };

  it('go on behind the records that came, however many were asked for', async () => {
    const { ids, asked } = await search(paging, (url) => ({ users: slice(number(url, 'startIndex') - 1, 15) }));
    expect(ids).toEqual(['u42']);
    expect(asked).toEqual([1, 16, 31].map((at) => `/api/v1/users?startIndex=${at}&count=20`));
  });

  it('end with the total, not with a short page', async () => {
    const short = (url: URL) => ({
      users: slice(number(url, 'startIndex') - 1, number(url, 'startIndex') === 1 ? 20 : 9),
      more: { total: 42 },
    });
    expect((await search(paging, short, { total: ['total'] })).ids).toEqual(['u42']);
    const { asked, gaps } = await search(
      paging,
      (url) => ({ users: slice(number(url, 'startIndex') - 1, 20), more: { total: 40 } }),
      { total: ['total'] },
    );
    expect(asked).toHaveLength(2);
    expect(gaps).toEqual([]);
  });

  it('end with an empty one, whatever the total says', async () => {
    const { asked, gaps } = await search(
      paging,
      (url) => ({ users: number(url, 'startIndex') === 1 ? slice(0, 20) : [], more: { total: 1e6 } }),
      { total: ['total'] },
    );
    expect(asked).toHaveLength(2);
    expect(gaps).toEqual([]);
  });
});

describe('pages by cursor', () => {
  const paging: Paging = { kind: 'cursor', parameter: 'after', from: ['meta', 'next'] };
  const from = (cursor: unknown, users: unknown[] = slice(0, 10)) => ({ users, more: { meta: { next: cursor } } });

  it('follow it, percent-encoded', async () => {
    const hostile = 'a/../b?c=d&after=e#f%00\r\n é';
    const { ids, asked } = await search(paging, (url) =>
      url.searchParams.get('after') === hostile ? from(null, slice(41, 1)) : from(hostile),
    );
    expect(ids).toEqual(['u42']);
    expect(asked[1]).toBe(`/api/v1/users?after=${encodeURIComponent(hostile).replaceAll('%20', '+')}`);
  });

  it('take a number', async () => {
    const { asked } = await search(paging, (url) => from(url.searchParams.has('after') ? '' : 77));
    expect(asked).toEqual(['/api/v1/users', '/api/v1/users?after=77']);
  });

  it.each([[null], [''], [undefined], [false]])('end with %j', async (cursor) => {
    const { asked, gaps } = await search(paging, () => from(cursor));
    expect(asked).toHaveLength(1);
    expect(gaps).toEqual([]);
  });

  it.each([[{ a: 1 }], [[1]], [true]])('say so where it is %j', async (cursor) => {
    const { asked, gaps } = await search(paging, () => from(cursor));
    expect(asked).toHaveLength(1);
    expect(gaps).toEqual([expect.stringContaining('only the first 10 users were searched')]);
  });

  it('end where they lead in a circle', async () => {
    const { asked, gaps } = await search(paging, (url) =>
      url.searchParams.get('after') === 'b' ? from('a', slice(10, 10)) : from('b'),
    );
    expect(asked).toHaveLength(3);
    expect(gaps).toEqual([expect.stringContaining('only the first 20 users')]);
  });

  it('are at most as many as the scan allows, also where all are empty', async () => {
    let nth = 0;
    const { asked, gaps } = await search(paging, () => from(`c${(nth += 1)}`, nth === 1 ? slice(0, 1) : []));
    expect(asked).toHaveLength(10);
    expect(gaps).toEqual([expect.stringContaining('only the first 1 users')]);
  });
});

const named: [string, Paging, (url: string) => Partial<Page>][] = [
  ['a Link header', { kind: 'link' }, (url) => ({ headers: { link: `<${url}>; rel="self", <${url}>; rel="next"` } })],
  ['a URL in the body', { kind: 'next', from: ['@odata.nextLink'] }, (url) => ({ more: { '@odata.nextLink': url } })],
];

describe.each(named)('pages by %s', (_name, paging, naming) => {
  it.each([
    ['whole', (at: string) => `${at}/api/v1/users?$skiptoken=x%2Fy`],
    ['without a host', () => '/api/v1/users?$skiptoken=x%2Fy'],
    ['beside the first page', () => 'users?$skiptoken=x%2Fy'],
    ['by its query', () => '?$skiptoken=x%2Fy'],
  ])('follow an address that is written %s', async (_how, address) => {
    const { ids, asked } = await search(paging, (url, at) =>
      url.search === '' ? { users: slice(0, 10), ...naming(address(at)) } : { users: slice(32, 10) },
    );
    expect(ids).toEqual(['u42']);
    expect(asked).toEqual(['/api/v1/users', '/api/v1/users?$skiptoken=x%2Fy']);
  });

  it.each([
    ['another host', () => 'https://evil.example/api/v1/users'],
    ['another host without a scheme', () => '//evil.example/api/v1/users'],
    ['another scheme', (at: string) => `${at.replace('http', 'https')}/api/v1/users`],
    ['another port', (at: string) => `${at.replace(/\d+$/, '1')}/api/v1/users`],
    ['a user name', (at: string) => `${at.replace('//', '//jane@')}/api/v1/users`],
    ['a path above the base URL', (at: string) => `${at}/api/users`],
    ['a path that begins alike', (at: string) => `${at}/api/v10/users`],
    ['the base URL itself', (at: string) => `${at}/api/v1`],
    ['a path that climbs', (at: string) => `${at}/api/v1/../v2/users`],
    ['a path that climbs, encoded', (at: string) => `${at}/api/v1/%2e%2e/v2/users`],
    ['a path that climbs, encoded in part', (at: string) => `${at}/api/v1/..%2fv2/users`],
    ['a path that climbs, encoded twice', (at: string) => `${at}/api/v1/%252e%252e%252fv2/users`],
    ['a path that climbs with parameters', (at: string) => `${at}/api/v1/..;/v2/users`],
    ['a path that climbs with a backslash', (at: string) => `${at}/api/v1/..\\v2/users`],
    ['no address', () => 'http://'],
    ['a script', () => 'javascript:alert(1)'],
  ])('do not follow %s, and say so', async (_what, address) => {
    const { ids, asked, gaps } = await search(paging, (_url, at) => ({ users: slice(0, 10), ...naming(address(at)) }));
    expect(ids).toEqual([]);
    expect(asked).toEqual(['/api/v1/users']);
    expect(gaps).toEqual([expect.stringMatching(/at another address, which is not read: only the first 10 users/)]);
  });

  it('end where there is no further one', async () => {
    const { asked, gaps } = await search(paging, () => ({ users: slice(0, 10) }));
    expect(asked).toHaveLength(1);
    expect(gaps).toEqual([]);
  });

  it('end where they lead back to themselves', async () => {
    const { asked, gaps } = await search(paging, (_url, at) => ({
      users: slice(0, 10),
      ...naming(`${at}/api/v1/users`),
    }));
    expect(asked).toHaveLength(2);
    expect(gaps).toEqual([expect.stringContaining('only the first 10 users')]);
  });

  it('are not read without a scan', async () => {
    const next = (_url: URL, at: string) => ({ users: slice(0, 10), ...naming(`${at}/api/v1/users?page=2`) });
    const { asked, gaps } = await search(paging, next, { scan: undefined });
    expect(asked).toHaveLength(1);
    expect(gaps).toEqual([]);
  });
});

it('a scan for a name returns what matches in part, from all pages', async () => {
  const paging: Paging = { kind: 'number', parameter: 'page', first: 1 };
  const { ids } = await search(
    paging,
    (url) => ({ users: slice((number(url, 'page') - 1) * 20, 20) }),
    { by: 'name' },
    'person 3',
  );
  // The whole name on the first page ends the search.
  expect(ids).toEqual(['u3']);
  const partly = await search(
    paging,
    (url) => ({ users: slice((number(url, 'page') - 1) * 20, 20) }),
    { by: 'name' },
    'perso 4',
  );
  expect(partly.ids).toEqual(expect.arrayContaining(['u4', 'u14', 'u24', 'u34', 'u40', 'u41']));
});

it('a look-up sends its own headers, in place of those of the connection', async () => {
  const got: unknown[] = [];
  const { url } = await startOrigin((request, response) => {
    got.push([request.headers['consistencylevel'], request.headers.accept]);
    json(response, 200, []);
  });
  const headers = { ConsistencyLevel: 'eventual', Accept: 'application/x-plain' };
  const lookup: Lookup = { by: 'email', path: '/users', headers };
  const connection = plainConnection(url, { find: [lookup], headers: { ACCEPT: 'text/plain' } });
  await find([connection], 'jane.doe@acme.example', 20, ports, new AbortController().signal);
  expect(got).toEqual([['eventual', 'application/x-plain']]);
});

it.each(['.', '..'])('a look-up by %j asks for nothing where that would be a path', async (query) => {
  const { url, seen } = await startOrigin((_request, response) => json(response, 200, { id: query }));
  const connection = plainConnection(url, { find: [{ by: 'id', path: '/users/{query}', single: true }] });
  const { users } = await find([connection], query, 20, ports, new AbortController().signal);
  expect([users, seen]).toEqual([[], []]);
});
