import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, readPage } from '../support/text/markdown.ts';
import { all, commandOf, DOCKERFILE, finalStage, healthcheckOf, last, pairs, readStages } from './dockerfile.ts';
import { DEFAULT_PORT, readCommand, VARIABLES_KNOWN } from './program.ts';

/** The image of the server, as its Dockerfile says. */

const stages = readStages();
const image = finalStage();
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
  license: string;
  mcpName: string;
  repository: { url: string };
};

it('every base is an earlier stage, or a full version pinned by its digest', () => {
  const named: (string | undefined)[] = [];
  for (const { base, name } of stages) {
    expect(
      named.includes(base) || /^node:(?:2[4-9]|[3-9]\d)\.\d+\.\d+-[\w-]+@sha256:[0-9a-f]{64}$/.test(base),
      base,
    ).toBe(true);
    named.push(name);
  }
  expect(stages.length).toBeGreaterThan(1);
});

it('packages run no script while they are installed', () => {
  const installs = stages
    .flatMap((stage) => all(stage, 'RUN'))
    .filter(({ text }) => /\bnpm (?:ci|i|install)\b/.test(text));
  expect(installs.map(({ args }) => args.slice(0, 3))).toEqual([['npm', 'ci', '--ignore-scripts']]);
});

it('it runs as a user who is not root, by number', () => {
  expect(last(image, 'USER').text).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  expect(image.instructions.findIndex(({ name }) => name === 'USER')).toBeGreaterThan(
    image.instructions.findLastIndex(({ name }) => name === 'RUN' || name === 'COPY'),
  );
});

it('signals reach the program: no shell is between', () => {
  for (const name of ['ENTRYPOINT', 'CMD']) expect(last(image, name).isExecForm, name).toBe(true);
  expect(healthcheckOf(image).isExecForm).toBe(true);
  expect(commandOf(image).slice(0, 2)).toEqual(healthcheckOf(image).args.slice(0, 2));
});

it('the program knows its commands, variables and port', () => {
  const served = readCommand(commandOf(image));
  expect(served).toMatchObject({ name: 'http', values: { host: '0.0.0.0', port: DEFAULT_PORT } });
  expect(readCommand(healthcheckOf(image).args)).toMatchObject({ name: 'healthcheck', values: { port: DEFAULT_PORT } });
  expect(last(image, 'EXPOSE').args).toEqual([DEFAULT_PORT]);
  expect(VARIABLES_KNOWN).toEqual(expect.arrayContaining(Object.keys(pairs(all(image, 'ENV')))));
});

it('the health check has the time that the command takes at most', () => {
  const { flags } = last(image, 'HEALTHCHECK');
  expect(Number.parseInt(flags['timeout'] ?? '', 10)).toBeGreaterThanOrEqual(10);
});

it('the labels are those of package.json', () => {
  expect(pairs(all(image, 'LABEL'))).toEqual({
    'org.opencontainers.image.title': manifest.name,
    'org.opencontainers.image.version': manifest.version,
    'org.opencontainers.image.licenses': manifest.license,
    'org.opencontainers.image.source': manifest.repository.url.replace(/^git\+(.*)\.git$/, '$1'),
    'io.modelcontextprotocol.server.name': manifest.mcpName,
  });
});

describe('what is copied', () => {
  const sources = stages
    .flatMap((stage) => all(stage, 'COPY'))
    .filter(({ flags }) => flags['from'] === undefined)
    .flatMap(({ args }) => args.slice(0, -1));

  it('is in the repository', () => {
    expect(sources.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('is what the ignore file lets through, and nothing else', () => {
    const rules = readFileSync(join(ROOT, `${DOCKERFILE}.dockerignore`), 'utf8').match(/^[^#\n].*$/gm) ?? [];
    expect(rules[0]).toBe('*');
    expect(rules.slice(1).toSorted()).toEqual(sources.map((path) => `!${path}`).toSorted());
  });

  it('comes from stages that exist', () => {
    const from = stages.flatMap((stage) => all(stage, 'COPY')).flatMap(({ flags }) => flags['from'] ?? []);
    expect(stages.map(({ name }) => name)).toEqual(expect.arrayContaining(from));
  });
});

it('docs/operating.md builds it with this file', () => {
  expect(readPage('docs/operating.md').code.some((line) => line.includes(`docker build --file ${DOCKERFILE} `))).toBe(
    true,
  );
});
