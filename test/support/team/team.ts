import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { onTestFinished } from 'vitest';
import { type Ran, runCommand } from '../program/run-program.ts';
import { PROGRAM } from '../program/stdio-server.ts';

/** A compose file, as far as ours uses the format. */
export interface Compose {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
}

export interface Service {
  image: string;
  command?: string[];
  environment: Record<string, string>;
  secrets: string[];
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  volumes?: (string | { source: string; target: string; read_only: boolean })[];
  ports?: string[];
  healthcheck: { test: string[]; start_period: string; timeout: string };
  depends_on?: Record<string, { condition: string }>;
  stop_grace_period: string;
}

export function parseCompose(text: string): Compose {
  return load(text) as Compose; // ours, which a test compares with its generator
}

export function readCompose(folder: string): Compose {
  return parseCompose(readFileSync(join(folder, 'compose.yaml'), 'utf8'));
}

/** An empty folder that is removed after the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'team-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs `init --team` in a folder. */
export function initTeam(folder: string, args: readonly string[] = [], env: Record<string, string> = {}): Promise<Ran> {
  return runCommand(process.execPath, [PROGRAM, 'init', '--team', ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...env },
  });
}
