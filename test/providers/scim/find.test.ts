import { expect, it } from 'vitest';
import { FILTERS } from '../../../src/providers/scim/dialects.ts';
import { searchAt } from '../../support/pipeline/find.ts';
import { startPipeline } from '../../support/pipeline/pipeline.ts';
import { json, startOrigin } from '../../support/vendors/origin.ts';

/** What `find_user` asks of a directory that finds nobody. */
async function directoryWith(keys: object) {
  const { url, seen } = await startOrigin((request, response) => {
    if (request.url?.startsWith('/Users/')) json(response, 404, { detail: 'no such user' });
    else json(response, 200, { totalResults: 0, Resources: [] });
  });
  const connections = { own: { provider: 'scim', baseUrl: url, token: 'abc', ...keys } };
  const pipeline = await startPipeline({ config: { connections } });
  const filters = () => seen.flatMap((one) => new URL(one.slice('GET '.length), url).searchParams.getAll('filter'));
  return { find: (query: string) => searchAt(pipeline, 'own', query), filters, seen };
}

const QUERIES = ['jane', 'jane@acme.example', 'Jane Doe', 'ext-1', '+1 415 555 0101', '701984'];

/** The attributes that filters compare, each once. */
const attributesOf = (filters: readonly string[]) =>
  [...new Set(filters.map((filter) => filter.split(' ')[0] ?? ''))].sort();

it.each(FILTERS.map((filter) => [filter]))('sends no filter but the one for %s, by eq', async (filter) => {
  const { find, filters } = await directoryWith({ filters: [filter] });
  for (const query of QUERIES) await find(query);
  expect(attributesOf(filters())).toEqual([filter]);
  for (const sent of filters()) expect(sent).toMatch(/^[\w.]+ eq "[^"]*"$/);
});

it('sends those that most services take, where a connection says nothing', async () => {
  const { find, filters } = await directoryWith({});
  for (const query of QUERIES) await find(query);
  expect(attributesOf(filters())).toEqual(['displayName', 'emails.value', 'externalId', 'userName']);
});

it('sends none where a service takes none, and says by what it can look up', async () => {
  const { find, filters, seen } = await directoryWith({ filters: [] });
  const found = await find('jane@acme.example');
  expect(found.users).toEqual([]);
  expect(found.gaps.map(({ why }) => why)).toEqual(['This directory can look up by exact id only.']);
  for (const query of QUERIES) await find(query);
  expect(filters()).toEqual([]);
  expect(seen.filter((one) => !one.startsWith('GET /Users/'))).toEqual([]);
});

it.each([
  ['quotes', 'jane" or userName pr or userName eq "x'],
  ['a backslash at the end', String.raw`jane\ `.trim()],
  ['a backslash before a quote', String.raw`jane\" or id pr or id eq \"`],
  ['control characters', 'jane\u0007\u0085doe'],
  ['what a URL has a meaning for', 'jane&count=1#%22+x'],
])('keeps a query with %s inside one text of the filter', async (_what, query) => {
  const { find, filters } = await directoryWith({});
  await find(query);
  expect(filters().length).toBeGreaterThan(0);
  for (const sent of filters()) {
    const [, text = ''] = /^[\w.]+ eq (".*")$/s.exec(sent) ?? [];
    expect(JSON.parse(text)).toBe(query);
  }
});
