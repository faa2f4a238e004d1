import { afterAll, expect, it } from 'vitest';
import { claudeCode } from './apps/claude-code.ts';
import { codex } from './apps/codex.ts';
import { copilot } from './apps/copilot.ts';
import { geminiCli } from './apps/gemini-cli.ts';
import { opencode } from './apps/opencode.ts';
import { installApp, openWorkshop } from './install.ts';
import { createPlace } from './run.ts';
import { differences, properties, refusals } from './schemas.ts';
import { runSession } from './session.ts';
import { AWORK_ID, POSITION, STEPS, TOOLS } from './steps.ts';
import type { Question, RecordedClient } from './wire.ts';

/**
 * A session of each client against the built server, without a person and with a stand-in for the client's model.
 * Prints one row per client.
 */

const workshop = openWorkshop();
const rows: Record<string, string>[] = [];

afterAll(() => {
  console.table(rows);
  workshop.close();
});

it.for([claudeCode, codex, geminiCli, ...opencode, ...copilot])('$name', async (app) => {
  const installed = installApp(workshop.folder, app);
  const { exit, model, wire, program } = await runSession(app, installed, createPlace(workshop.folder, app));

  const offered = TOOLS.map((name) => model.tools().find((tool) => tool.name.endsWith(name)));
  const listed = TOOLS.map((name) => wire.listed.find((tool) => tool.name === name));
  const slow = wire.questions.some(({ answer }) => answer && answer.ms > 400);
  const expected = STEPS.map(({ says, slowly }) => (slow && slowly ? slowly : says));
  const answered = expected.filter((text, at) => model.result(at)?.match(text));
  const changed = offered.flatMap((tool, at) => (tool ? differences(listed[at]?.inputSchema, tool.schema) : []));
  rows.push({
    client: app.name,
    version: installed.version,
    revision: wire.revision ?? 'unknown',
    tools: `${offered.filter(Boolean).length} of ${TOOLS.length}, as ${offered[0]?.namespace ?? ''}${offered[0]?.name}`,
    schemas: [...new Set(changed)].join(' ') || 'as listed',
    calls: `${answered.length} of ${expected.length}`,
    declares: Object.keys(wire.elicitation ?? {}).join(', ') || 'no questions',
    form: toText(wire, 'form'),
    url: toText(wire, 'url'),
    'refused hosts': [...model.outside].join(' ') || '-',
  });

  for (const [at, tool] of offered.entries()) {
    expect.soft(tool, `${TOOLS[at]} is offered to the model`).toBeDefined();
    expect.soft(properties(tool?.schema)).toEqual(expect.arrayContaining(properties(listed[at]?.inputSchema)));
    expect.soft(refusals(tool?.schema), `${TOOLS[at]}, as ${app.name} sends it`).toEqual([]);
  }
  for (const [at, text] of expected.entries()) expect.soft(model.result(at), `result of call ${at}`).toMatch(text);
  const jane = program.server.sandbox.vendors.awork.users.get(AWORK_ID);
  expect.soft(jane).toMatchObject({ position: POSITION, lastName: 'Doe', title: 'Ms' });
  expect.soft(exit).toBe(0);
});

function toText({ questions }: RecordedClient, mode: Question['mode']): string {
  const question = questions.find((one) => one.mode === mode);
  if (!question) return '-';
  return question.answer ? `${question.answer.action} after ${question.answer.ms} ms` : 'no answer';
}
