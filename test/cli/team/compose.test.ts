import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bounds, LONGEST_SHUTDOWN_MS } from '../../../src/bounds.ts';
import { toCompose } from '../../../src/cli/team/compose.ts';
import { IMAGES } from '../../../src/cli/team/images.ts';
import { anyProvider } from '../../../src/cli/team/team.ts';
import { VARIABLES } from '../../../src/config/values.ts';
import { providers } from '../../../src/providers/index.ts';
import { runProgram } from '../../support/program/run-program.ts';
import { parseCompose, type Service } from '../../support/team/team.ts';
import { ROOT } from '../../support/text/markdown.ts';

const options = { package: '..', user: '1000:1000', ...anyProvider() };
const text = toCompose(options);
const { services, secrets } = parseCompose(text);
const { server, postgres } = services as Record<'server' | 'postgres', Service>;

it('deploy/compose.yaml is one for any provider; update it with vitest --update', async () => {
  await expect(text).toMatchFileSnapshot(join(ROOT, 'deploy', 'compose.yaml'));
});

it('pins its images', () => {
  for (const { image } of Object.values(services)) expect(image).toMatch(/^[a-z]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
  expect([server.image, postgres.image]).toEqual([IMAGES.node, IMAGES.postgres]);
});

describe('the server', () => {
  it('is not root, can write nothing, and gains no rights', () => {
    expect(server).toMatchObject({ user: '1000:1000', read_only: true, cap_drop: ['ALL'] });
    for (const volume of server.volumes ?? []) expect(volume).toMatchObject({ read_only: true });
  });

  it('runs the program of this package, with commands that it has', async () => {
    const [node, program, command, ...args] = server.command ?? [];
    expect([node, program, command]).toEqual(['node', '/app/dist/main.js', 'http']);
    expect(args).toEqual(['--host', '0.0.0.0', '--port', '3600']);
    expect(server.volumes).toMatchObject([
      { source: '../dist', target: '/app/dist' },
      { source: '../package.json', target: '/app/package.json' },
    ]);
    const [cmd, ...test] = server.healthcheck.test;
    expect([cmd, ...test.slice(0, 3)]).toEqual(['CMD', 'node', '/app/dist/main.js', 'healthcheck']);
    for (const [name = '', ...rest] of [
      [command, ...args],
      [test[2], ...test.slice(3)],
    ]) {
      const { stdout } = await runProgram([name, '--help'], {});
      for (const option of rest.filter((word) => word?.startsWith('--'))) expect(stdout).toContain(option);
    }
  });

  it('knows each variable it is given; an optional one may be missing', () => {
    const known = [...Object.keys(VARIABLES), ...providers.flatMap(({ env }) => Object.values(env))];
    expect(Object.keys(server.environment).filter((name) => !known.includes(name))).toEqual([]);
    const { environment } = servicesOf({ required: ['AWORK_API_KEY'], optional: ['AWORK_BASE_URL'] }).server;
    expect(environment).toMatchObject({
      AWORK_API_KEY: expect.stringMatching(/^\$\{AWORK_API_KEY:\?.+\}$/),
      AWORK_BASE_URL: '${AWORK_BASE_URL:-}',
    });
  });

  it('listens where it is published, on loopback only, and is asked there for its health', () => {
    expect(server.ports).toEqual(['127.0.0.1:3600:3600']);
    expect(server.healthcheck.test.join(' ')).toContain('--port 3600');
  });

  it('has time to wait for its database and to finish its writes', () => {
    expect(toMs(server.stop_grace_period)).toBeGreaterThan(LONGEST_SHUTDOWN_MS);
    expect(toMs(server.healthcheck.start_period)).toBeGreaterThan(bounds.startUpMs);
    expect(toMs(server.healthcheck.timeout)).toBeGreaterThan(10_000);
    expect(server.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
  });

  it('gets every secret as a file beside the compose file, and names none else', () => {
    expect(server.secrets.toSorted()).toEqual(Object.keys(secrets).toSorted());
    for (const [name, { file }] of Object.entries(secrets)) expect(file).toBe(`./${name}`);
    expect(server.environment['UPDATE_USER_CONFIG']).toBe('/run/secrets/mcp.config.json');
  });
});

it('PostgreSQL is reached by the server only, and its password is a file', () => {
  expect(postgres.ports).toBeUndefined();
  expect(postgres.environment).toEqual({
    POSTGRES_USER: 'update_user',
    POSTGRES_DB: 'update_user',
    POSTGRES_PASSWORD_FILE: '/run/secrets/postgres-password',
  });
  expect(postgres.secrets).toEqual(['postgres-password']);
});

it.each(['/opt/a b', "/opt/Jane's", '/opt/"x": [y]', 'C:\\Program Files\\node', '/opt/#1', '/opt/ü'])(
  'the folder of the package may be %s',
  (folder) => {
    expect(servicesOf({}, folder).server.volumes).toMatchObject([{ source: `${folder}/dist` }, {}]);
  },
);

it('compose fills in no variable in the folder of the package', () => {
  expect(servicesOf({}, '/opt/$HOME').server.volumes).toMatchObject([{ source: '/opt/$$HOME/dist' }, {}]);
});

it('everything in deploy/ is built on the same Node', () => {
  const files = readdirSync(join(ROOT, 'deploy'), { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  );
  const texts = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));
  const images = texts.flatMap((one) => one.match(/\bnode:[\w.-]+@sha256:[0-9a-f]+/g) ?? []);
  expect([...new Set(images)]).toEqual([IMAGES.node]);
});

function servicesOf(variables: object, folder = '..'): { server: Service } {
  const given = { ...options, package: folder, variables: { required: [], optional: [], ...variables } };
  return parseCompose(toCompose(given)).services as { server: Service };
}

function toMs(duration: string): number {
  const [, count, unit] = /^(\d+)(s|m)$/.exec(duration) ?? [];
  return Number(count) * (unit === 'm' ? 60_000 : 1000);
}
