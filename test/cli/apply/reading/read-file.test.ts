import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type ApplyOptions, checkResume, readFileOptions } from '../../../../src/cli/apply/options.ts';
import type { FileLine } from '../../../../src/cli/apply/reading/file-line.ts';
import { readFile } from '../../../../src/cli/apply/reading/read-file.ts';
import { toEnv } from '../../../../src/sandbox/credentials.ts';
import { settingsFrom } from '../../../support/pipeline/pipeline.ts';

/** What a file of `apply` asks for, by the options of the command. */

const settings = settingsFrom({}, toEnv('http://127.0.0.1:1'));
const dir = mkdtempSync(join(tmpdir(), 'update-user-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function read(text: string | Uint8Array, values: ApplyOptions = {}, name = 'people.csv'): Promise<FileLine[]> {
  const path = join(dir, name);
  writeFileSync(path, text);
  const { format, connection, reading } = readFileOptions(path, { provider: 'atlassian', ...values }, settings);
  const lines: FileLine[] = [];
  await readFile(path, format, connection.provider, reading, (line) => lines.push(line));
  return lines;
}

const faultOf = async (...args: Parameters<typeof read>) =>
  await read(...args).then(
    () => 'no fault',
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe('a file is refused as a whole for', () => {
  const lines = (count: number) => `user_id,title\n${'x,y\n'.repeat(count)}`;
  it.each([
    [
      'semicolons',
      'user_id;title\n1;x\n',
      {},
      'line 1, column 1: its columns are separated by semicolons, not by commas.',
    ],
    ['tabs', 'user_id\ttitle\n1\tx\n', {}, 'separated by tabs'],
    ['a ragged line', 'user_id,title\n1,"a\nb"\n2\n', {}, 'line 4, column 1: has 1 cell, and the header has 2.'],
    [
      'an unknown column',
      'user_id,titel\n1,x\n',
      {},
      'column 2, "titel": not a field of Atlassian that can be written; give --map titel=title, or --ignore titel',
    ],
    ['a column that is there twice', 'user_id,title,title\n1,x,y\n', {}, 'column 3, "title": is there twice'],
    ['no column of ids', 'id,title\n1,x\n', {}, 'there is no column "user_id" (--id)'],
    ['two columns for one field', 'user_id,name,name.givenName\n1,x,y\n', {}, 'set the same field'],
    [
      'bytes that are not UTF-8',
      Buffer.from([...Buffer.from('user_id,title\n1,'), 0xfc]),
      {},
      'line 2, column 3: holds bytes that are not UTF-8',
    ],
    ['an empty file', '', {}, 'line 1, column 1: is empty'],
    ['a file with a header only', 'user_id,title\n', {}, 'has nobody in it'],
    ['10,001 people', lines(10_001), {}, 'line 10002, column 1: more than 10,000 people'],
    ['a field that is not one', 'user_id,T\n1,x\n', { map: ['T=titel'] }, 'did you mean title?'],
    ['a column with two purposes', 'user_id,T\n1,x\n', { map: ['T=title'], ignore: ['T'] }, 'has two purposes'],
    ['another way to look up', 'user_id,title\n', { 'find-by': 'name=x' }, 'expected email=COLUMN'],
  ])('%s', async (_, text, values, message) => {
    const fault = await faultOf(text, values);
    expect(fault).toContain(message);
    expect(fault).toMatch(/^UsageError: /);
  });
});

it('refuses a provider that is not named or not connected, a file that is not there, and options that do not go together', async () => {
  const faults = await Promise.all([
    faultOf('', { provider: 'atlasian' }),
    faultOf('', { connection: 'acme' }),
    faultOf('', { map: ['T=title'] }, 'people.jsonl'),
  ]);
  expect(faults).toEqual([
    expect.stringContaining('Did you mean atlassian?'),
    expect.stringContaining('--connection acme; expected one of atlassian'),
    expect.stringContaining('--map: is for CSV'),
  ]);
  expect(() => readFileOptions('x', { provider: 'scim' }, settingsFrom({}))).toThrow('is not connected');
  expect(() => readFileOptions('x', {}, settings)).toThrow('--provider: is missing');
  expect(() => checkResume({ resume: 'x' }, 'people.csv')).toThrow('it takes no FILE');
  expect(() => checkResume({ resume: 'x', reason: 'y' }, undefined)).toThrow('it takes no --reason');
  const { connection, reading } = readFileOptions('x', { provider: 'atlassian' }, settings);
  const gone = readFile(join(dir, 'gone.csv'), 'csv', connection.provider, reading, () => {});
  await expect(gone).rejects.toThrow('cannot be read (ENOENT)');
});

it('reads cells by the type of their field, and names what does not convert without repeating it', async () => {
  const csv =
    'user_id,title,active,name.givenName,emails\r\n1,007,TRUE,Jo,"[{""value"":""a@b.example""}]"\r\n2,"=1+1",ja,"",x\r\n';
  expect(await read(`\ufeff${csv}`)).toEqual([
    {
      line: 2,
      id: '1',
      set: { title: '007', active: true, name: { givenName: 'Jo' }, emails: [{ value: 'a@b.example' }] },
      clear: [],
      faults: [],
    },
    {
      line: 3,
      id: '2',
      set: { title: '=1+1' },
      clear: [],
      faults: [
        'column "active": expected true or false',
        expect.stringMatching(/^column "emails": expected a JSON array/),
      ],
    },
  ]);
});

it('leaves a field of an empty cell alone, or clears it', async () => {
  const csv = 'user_id,title,name.middleName\n1,,\n';
  expect(await read(csv)).toMatchObject([{ set: {}, clear: [] }]);
  expect(await read(csv, { 'clear-empty': true })).toMatchObject([{ set: {}, clear: ['title', 'name.middleName'] }]);
});

it('takes people by id or by address, and each line by one of them', async () => {
  const csv = 'Mail,Number,title\na@b.example,,x\n,1,x\n,,x\na@b.example,1,x\n';
  const lines = await read(csv, { 'find-by': 'email=Mail', id: 'Number' });
  expect(lines.map(({ id, email, faults }) => ({ id, email, faults }))).toEqual([
    { email: 'a@b.example', faults: [] },
    { id: '1', faults: [] },
    { faults: ['says nobody: Number or Mail is empty'] },
    { id: '1', email: 'a@b.example', faults: ['says twice who is meant; leave one of Number or Mail empty'] },
  ]);
});

it('reads JSON Lines, and faults of a line alone', async () => {
  const lines = [
    '{"user_id":"1","set":{"title":"x"},"clear":["nickName"]}',
    '',
    'no',
    '[]',
    '{"user_id":1,"sett":{}}',
    '{"user_id":"2","set":[],"clear":[1]}',
  ];
  expect(await read(lines.join('\r\n'), {}, 'people.ndjson')).toEqual([
    { line: 1, id: '1', set: { title: 'x' }, clear: ['nickName'], faults: [] },
    { line: 3, set: {}, clear: [], faults: ['is not JSON'] },
    { line: 4, set: {}, clear: [], faults: ['is not a JSON object'] },
    expect.objectContaining({
      line: 5,
      faults: expect.arrayContaining([expect.stringContaining('did you mean set?'), '"user_id": expected a string']),
    }),
    expect.objectContaining({ line: 6, faults: ['set: expected an object', 'clear: expected an array of strings'] }),
  ]);
  expect(await faultOf('{}\n\ud800', {}, 'people.jsonl')).toBe('no fault');
  expect(await read('{"user_id":"1","set":{}}', { format: 'jsonl' }, 'people.txt')).toHaveLength(1);
});

it('reads as many people as are allowed', async () => {
  expect(await read(`user_id,title\n${'1,x\n'.repeat(10_000)}`)).toHaveLength(10_000);
});
