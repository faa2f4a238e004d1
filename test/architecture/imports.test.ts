import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The rules of the house, read off its sources. */

const ROOT = join(import.meta.dirname, '..', '..');
const VENDORS = /atomicwork|awork|atlassian|dayzero|mediasilo/i;
const MAX_LINES = 250;
const MAX_MEDIAN = 100;

interface Import {
  /** A path below src/, or the name of a package. */
  of: string;
  typeOnly: boolean;
}

interface Source {
  /** Below the root, with slashes. */
  path: string;
  text: string;
  imports: Import[];
}

const sources = read('src');
const tests = read('test');

function read(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const file = join(ROOT, folder, name);
      const text = readFileSync(file, 'utf8');
      return { path: slashes(relative(ROOT, file)), text, imports: importsOf(file, text) };
    });
}

function importsOf(file: string, text: string): Import[] {
  const statements = text.matchAll(/^(?:import|export)\s(?:(type)\s)?(?:[^'";]*?\sfrom\s)?['"]([^'"]+)['"]/gms);
  const calls = text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g);
  return [
    ...[...statements].map(([, type, name = '']) => ({ of: target(file, name), typeOnly: type !== undefined })),
    ...[...calls].map(([, name = '']) => ({ of: target(file, name), typeOnly: false })),
  ];
}

function target(file: string, name: string): string {
  return name.startsWith('.') ? slashes(relative(ROOT, resolve(dirname(file), name))) : name;
}

function slashes(path: string): string {
  return path.split(sep).join('/');
}

const within = (...folders: string[]) =>
  sources.filter(({ path }) => folders.some((folder) => path.startsWith(`src/${folder}/`)));
const beyond = (...folders: string[]) => {
  const inside = within(...folders);
  return sources.filter((source) => !inside.includes(source));
};

/** `file imports what` for every import that fits. */
function imports(from: readonly Source[], fits: (found: Import, source: Source) => boolean): string[] {
  return from.flatMap((source) =>
    source.imports.filter((found) => fits(found, source)).map(({ of }) => `${source.path} imports ${of}`),
  );
}

/** `file:line` of every line that matches. */
function lines(from: readonly Source[], pattern: RegExp): string[] {
  return from.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
  );
}

it('reads the sources it means to read', () => {
  const rooms = new Set(sources.map(({ path }) => path.split('/').slice(0, 2).join('/')));
  for (const site of ['cli', 'config', 'providers', 'sandbox', 'server', 'store', 'update', 'upstream'])
    expect(rooms).toContain(`src/${site}`);
  expect(sources.flatMap((source) => source.imports).length).toBeGreaterThan(300);
  const update = sources.find(({ path }) => path === 'src/update/update.ts');
  expect(update?.imports).toEqual(
    expect.arrayContaining([
      { of: 'src/update/plan/plan.ts', typeOnly: false },
      { of: 'src/update/ports.ts', typeOnly: true },
    ]),
  );
});

describe('imports run one way', () => {
  it('a provider imports nothing of ours but its type, schemas, the shapes of answers, and what a JSON value is', () => {
    const site = ['provider', 'schemas', 'response-shapes'].map((name) => `src/providers/${name}.ts`);
    const allowed = [...site, 'src/lib/json/json-value.ts'];
    expect(sources.find(({ path }) => path === 'src/lib/json/json-value.ts')?.imports).toEqual([]);
    const others = within('providers').filter(({ path }) => path !== 'src/providers/index.ts');
    expect(imports(others, ({ of }) => of.startsWith('src/') && !allowed.includes(of))).toEqual([]);
    const index = within('providers').filter(({ path }) => path === 'src/providers/index.ts');
    expect(imports(index, ({ of }) => !/^src\/providers\/\w+\.ts$/.test(of))).toEqual([]);
  });

  it('the sandbox imports nothing from other rooms, or tests would only agree with themselves', () => {
    expect(imports(within('sandbox'), ({ of }) => of.startsWith('src/') && !of.startsWith('src/sandbox/'))).toEqual([]);
  });

  it.each([
    ['upstream', ['store', 'server', 'cli']],
    ['store', ['upstream', 'server', 'cli', 'update', 'providers']],
    ['server', ['upstream', 'store', 'cli']],
    ['update', ['upstream', 'server', 'cli']],
    ['config', ['upstream', 'server', 'cli']],
  ])('%s imports nothing from %j but types', (site, others) => {
    const crossing = (of: string) => others.some((other) => of.startsWith(`src/${other}/`));
    expect(imports(within(site), ({ of, typeOnly }) => crossing(of) && !typeOnly)).toEqual([]);
  });

  it.each([
    ['upstream', 'store'],
    ['upstream', 'server'],
    ['store', 'upstream'],
    ['store', 'server'],
    ['server', 'upstream'],
  ])('%s does not even know a type of %s', (site, other) => {
    expect(imports(within(site), ({ of }) => of.startsWith(`src/${other}/`))).toEqual([]);
  });

  it('of the store, others know the interface only; what opens one is loaded where the house is put together', () => {
    const known = ['src/store/store.ts', 'src/store/log/hash-chain.ts', 'src/store/key-format.ts'];
    const builders = ['src/app.ts', 'src/app/storage.ts', 'src/app/head-log.ts'];
    const outside = beyond('store').filter(({ path }) => !builders.includes(path) && !path.startsWith('src/cli/'));
    expect(
      imports(outside, ({ of, typeOnly }) => of.startsWith('src/store/') && !known.includes(of) && !typeOnly),
    ).toEqual([]);
  });

  it('there are no circles', () => {
    const graph = new Map(
      sources.map(({ path, imports: all }) => [path, all.filter(({ typeOnly }) => !typeOnly).map(({ of }) => of)]),
    );
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) return void circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      if (done.has(path)) return;
      for (const next of graph.get(path) ?? []) if (graph.has(next)) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of graph.keys()) visit(path, []);
    expect(circles).toEqual([]);
  });
});

describe('five sentences that stay true', () => {
  it('nothing below server/ knows that MCP exists', () => {
    const below = within('update', 'upstream', 'store', 'providers', 'config', 'find');
    expect(imports(below, ({ of }) => of.startsWith('@modelcontextprotocol/'))).toEqual([]);
  });

  it('nothing outside providers/ and the sandbox knows a vendor’s name', () => {
    const others = beyond('providers', 'sandbox').filter(({ path }) => !path.startsWith('src/cli/demo'));
    expect(lines(others, VENDORS)).toEqual([]);
    expect(others.filter(({ path }) => VENDORS.test(path))).toEqual([]);
  });

  it('nothing outside update/ sees how a plan is made', () => {
    expect(imports(beyond('update'), ({ of }) => of === 'src/update/plan/plan.ts')).toEqual([]);
  });

  it('only upstream/ opens a socket out', () => {
    const clients = ['undici', 'http', 'https', 'http2', 'net', 'tls', 'dgram'].flatMap((name) => [
      name,
      `node:${name}`,
    ]);
    // What listens needs the same modules; it is told by what it takes from them.
    const listening = /import\s(?:type\s)?\{[^}]*\}\sfrom '(?:node:)?(?:http|net)'/g;
    const others = beyond('upstream', 'sandbox').map((source) => {
      const taken = (source.text.match(listening) ?? []).join('');
      const listens = taken !== '' && !/\b(?:request|get|connect|createConnection|Agent|Socket)\b/.test(taken);
      return {
        ...source,
        imports: source.imports.filter(({ of }) => !(listens && /^(?:node:)?(?:http|net)$/.test(of))),
      };
    });
    expect(imports(others, ({ of, typeOnly }) => clients.includes(of) && !typeOnly)).toEqual([]);
    expect(
      lines(
        beyond('upstream', 'sandbox'),
        /(?:await|return|[=(]) fetch\(|globalThis\.fetch|new (?:WebSocket|EventSource)\(/,
      ),
    ).toEqual([]);
  });

  it('SQL stands in store/ only', () => {
    expect(
      lines(beyond('store'), /\b(?:CREATE TABLE|INSERT INTO|DELETE FROM|SELECT\s.*\sFROM|UPDATE \w+ SET)\b/),
    ).toEqual([]);
  });
});

describe('the sources', () => {
  it('are small files', () => {
    const lengths = sources.map(({ path, text }) => ({ path, length: text.split('\n').length - 1 }));
    expect(lengths.filter(({ length }) => length > MAX_LINES)).toEqual([]);
    const sorted = lengths.map(({ length }) => length).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(MAX_MEDIAN);
  });

  it('turn no text into code', () => {
    expect(lines(sources, /\beval\(|\bnew Function\b|\bvm\b.*\brunIn/)).toEqual([]);
    expect(imports(sources, ({ of }) => /^(?:node:)?vm$/.test(of))).toEqual([]);
  });

  it('follow no redirect and wait on no signal that may be forgotten', () => {
    expect(
      lines(sources, /^(?! \*).*(?:maxRedirections|redirect: 'follow'|AbortSignal\.any\(.*AbortSignal\.timeout)/),
    ).toEqual([]);
  });

  it('say nothing of the place they were written in', () => {
    const places = new RegExp(['work', 'tmp'].map((name) => `['"\`(\\s]/${name}/`).join('|'));
    expect(lines([...sources, ...tests], places)).toEqual([]);
  });

  it('write to stdout in commands only: in stdio it belongs to the protocol', () => {
    const others = beyond('cli', 'sandbox').filter(({ path }) => path !== 'src/main.ts');
    expect(lines(others, /process\.stdout|console\.(?:log|info|debug)\(/)).toEqual([]);
  });
});

it('no test is left out, alone or for later', () => {
  expect(lines(tests, /\b(?:it|test|describe)(?:\.\w+)*\.(?:skip|only|todo|fails)\b/)).toEqual([]);
  expect(lines(tests, /\bx(?:it|describe)\(/)).toEqual([]);
});
