import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LONGEST_SHUTDOWN_MS } from '../../src/bounds.ts';
import { startHttpProgram } from '../support/http/program.ts';
import { connectTo } from '../support/http/server.ts';
import { ROOT } from '../support/sources/read.ts';
import { readPage } from '../support/text/markdown.ts';
import { commandOf, finalStage, last } from './dockerfile.ts';
import { DEFAULT_PORT, readCommand } from './program.ts';
import { secretFilesOf, writeSecrets } from './secrets.ts';

/** The objects for Kubernetes: what they say of each other, of the image and of the program. */

vi.setConfig({ testTimeout: 60_000 }); // it starts programs

const FOLDER = 'deploy/kubernetes';
const NAME = 'update-user-mcp';
const CONFIG = readFileSync(join(ROOT, FOLDER, 'mcp.config.json'), 'utf8');

/** As kubectl reads YAML: `0440` is octal there. */
const read = <T>(file: string) => load(readFileSync(join(ROOT, FOLDER, file), 'utf8'), { schema: YAML11_SCHEMA }) as T;

interface Probe {
  httpGet: { path: string; port: string };
  periodSeconds: number;
  timeoutSeconds?: number;
  failureThreshold?: number;
}
interface Container {
  image: string;
  args: string[];
  ports: { name: string; containerPort: number }[];
  securityContext: object;
  startupProbe: Probe;
  livenessProbe: Probe;
  readinessProbe: Probe;
  lifecycle: { preStop: { exec: { command: [string, string] } } };
  volumeMounts: { name: string; mountPath: string; readOnly: boolean }[];
}
interface Deployment {
  metadata: { name: string };
  spec: {
    replicas: number;
    selector: object;
    template: {
      metadata: { labels: object };
      spec: {
        securityContext: { fsGroup: number };
        terminationGracePeriodSeconds: number;
        containers: [Container];
        volumes: { name: string; configMap?: { name: string }; secret?: { secretName: string; defaultMode: number } }[];
      };
    };
  };
}

const deployment = read<Deployment>('deployment.yaml');
const pod = deployment.spec.template.spec;
const [container] = pod.containers;
const labels = { 'app.kubernetes.io/name': NAME };
const mountOf = (name: string) => container.volumeMounts.find((mount) => mount.name === name);

it('every file is an object of a known kind and of one name, and listed or explained', () => {
  const kinds = Object.fromEntries(
    readdirSync(join(ROOT, FOLDER))
      .filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml')
      .map((file) => {
        const { apiVersion, kind, metadata } = read<{ apiVersion: string; kind: string; metadata: object }>(file);
        expect(metadata, file).toEqual({ name: NAME });
        return [file, `${apiVersion} ${kind}`];
      }),
  );
  expect(kinds).toEqual({
    'deployment.yaml': 'apps/v1 Deployment',
    'disruption-budget.yaml': 'policy/v1 PodDisruptionBudget',
    'ingress.yaml': 'networking.k8s.io/v1 Ingress',
    'network-policy.yaml': 'networking.k8s.io/v1 NetworkPolicy',
    'secret.example.yaml': 'v1 Secret',
    'service.yaml': 'v1 Service',
  });
  const optional = ['ingress.yaml', 'secret.example.yaml'];
  const { resources } = read<{ resources: string[] }>('kustomization.yaml');
  expect(resources.toSorted()).toEqual(Object.keys(kinds).filter((file) => !optional.includes(file)));
  for (const file of optional)
    expect(readFileSync(join(ROOT, FOLDER, file), 'utf8')).toMatch(/^# (?:Optional|Not part)/);
});

it('all objects mean the pods of the deployment', () => {
  expect(deployment.spec.template.metadata.labels).toEqual(labels);
  expect(deployment.spec.selector).toEqual({ matchLabels: labels });
  expect(read('service.yaml')).toMatchObject({ spec: { selector: labels } });
  expect(read('disruption-budget.yaml')).toMatchObject({
    spec: { selector: { matchLabels: labels }, minAvailable: 1 },
  });
  expect(read('network-policy.yaml')).toMatchObject({ spec: { podSelector: { matchLabels: labels } } });
  expect(deployment.spec.replicas).toBeGreaterThan(1);
});

it('the kustomization names the image and its version, and makes the configuration that the pod mounts', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(read('kustomization.yaml')).toMatchObject({
    images: [{ name: container.image, newName: expect.stringMatching(`/${NAME}$`), newTag: version }],
    configMapGenerator: [{ name: NAME, files: ['mcp.config.json'] }],
  });
  expect(pod.volumes).toMatchObject([{ configMap: { name: NAME } }, { secret: { secretName: NAME } }]);
});

it('the container runs the command of the image, which the program knows', () => {
  expect(container.args).toEqual(commandOf(finalStage()).slice(2));
  expect(readCommand(container.args)).toMatchObject({ name: 'http' });
  expect(`${mountOf('config')?.mountPath}/mcp.config.json`).toBe(container.args.at(-1));
});

it('ports agree, from the outside to the program', () => {
  const port = Number(DEFAULT_PORT);
  expect(container.ports).toEqual([{ name: 'http', containerPort: port }]);
  expect(read('service.yaml')).toMatchObject({ spec: { ports: [{ name: 'http', port, targetPort: 'http' }] } });
  expect(read('network-policy.yaml')).toMatchObject({ spec: { ingress: [{ ports: [{ protocol: 'TCP', port }] }] } });
  const { spec } = read<{ spec: { rules: [{ http: { paths: { path: string; backend: unknown }[] } }] } }>(
    'ingress.yaml',
  );
  const { paths } = spec.rules[0].http;
  for (const { backend } of paths) expect(backend).toEqual({ service: { name: NAME, port: { name: 'http' } } });
  expect(paths.map(({ path }) => path)).toEqual(['/mcp', '/approvals', '/.well-known/oauth-protected-resource/mcp']);
});

it('the pod has no rights that it does not need', () => {
  const [uid, gid] = last(finalStage(), 'USER').text.split(':').map(Number);
  expect(pod).toMatchObject({
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      ...{ runAsNonRoot: true, runAsUser: uid, runAsGroup: gid, fsGroup: gid },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  });
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
});

it('the network policy lets out to the vendors, PostgreSQL and DNS only', () => {
  const { spec } = read<{ spec: { policyTypes: string[]; egress: { to: object[]; ports: { port: number }[] }[] } }>(
    'network-policy.yaml',
  );
  expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
  expect(spec.egress.flatMap(({ ports }) => ports.map(({ port }) => port))).toEqual([53, 53, 5432, 443]);
  for (const { to } of spec.egress) expect(to.length).toBeGreaterThan(0);
});

describe('times', () => {
  it('the pod is given the time that the server takes to stop', () => {
    const { command } = container.lifecycle.preStop.exec;
    expect(command[0]).toBe('sleep');
    const seconds = pod.terminationGracePeriodSeconds - Number(command[1]);
    expect(seconds * 1000).toBeGreaterThan(LONGEST_SHUTDOWN_MS);
  });

  it('it may start for longer than the minute that it waits for PostgreSQL', () => {
    const { periodSeconds, failureThreshold = 0 } = container.startupProbe;
    expect(periodSeconds * failureThreshold).toBeGreaterThan(60);
  });

  it('a missing database takes it out of the service, and does not restart it', () => {
    expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'http' });
    expect(container.startupProbe.httpGet).toEqual({ path: '/healthz', port: 'http' });
    expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'http' });
    // The check of /readyz may take 3 seconds.
    expect(container.readinessProbe.timeoutSeconds).toBeGreaterThan(3);
  });
});

it('the secret has every file that the configuration reads, and no values', () => {
  const { stringData } = read<{ stringData: Record<string, string> }>('secret.example.yaml');
  const names = Object.keys(stringData).toSorted();
  expect(secretFilesOf(CONFIG)).toEqual(names.map((name) => `${mountOf('secrets')?.mountPath}/${name}`));
  expect(new Set(Object.values(stringData))).toEqual(new Set(['']));
  const created = readFileSync(join(ROOT, FOLDER, 'secret.example.yaml'), 'utf8');
  expect([...created.matchAll(/--from-file=(\S+)/g)].map(([, name]) => name).toSorted()).toEqual(names);
});

it('the program serves with the configuration, and the secret’s files in the mode that the volume gives them', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'update-user-kubernetes-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const mode = pod.volumes.find(({ secret }) => secret)?.secret?.defaultMode ?? 0;
  expect(mode).toBe(0o440);
  const { file, token } = writeSecrets(CONFIG, { folder: join(dir, 'secrets'), mode, into: dir });
  expect(statSync(join(dir, 'secrets', 'key')).mode & 0o777).toBe(mode);
  const program = await startHttpProgram({ PATH: process.env['PATH'] ?? '', HOME: dir }, ['--config', file]);
  onTestFinished(() => void program.process.kill('SIGKILL'));
  expect(program.stderr()).toContain('listening on');
  const agent = await connectTo(`${program.url}/mcp`, 'v2-modern', { token });
  expect((await agent.tools()).map(({ name }) => name)).toContain('atomicwork_update_user');
  await agent.close();
});

it('the examples of systemd and Kubernetes differ in the place of their secrets and in the store only', () => {
  const systemd = readFileSync(join(ROOT, 'deploy/systemd/mcp.config.json'), 'utf8');
  const plain = (text: string) => text.replaceAll(/\$\{file:[^}]*\//g, '${file:').replace(/^ {2}"store": .*\n/m, '');
  expect(plain(CONFIG)).toBe(plain(systemd));
});

it('docs/operating.md applies it', () => {
  expect(readPage('docs/operating.md').code).toContain(`kubectl apply --kustomize ${FOLDER}`);
});
