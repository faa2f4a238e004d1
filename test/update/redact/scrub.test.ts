import { describe, expect, it } from 'vitest';
import { excerpt } from '../../../src/update/redact/excerpt.ts';
import { createScrub } from '../../../src/update/redact/scrub.ts';
import { ENCODINGS, findEncoded } from '../../support/text/encodings.ts';

const MARK = `S3cr+t/"<é&'`;

describe('scrubbed text', () => {
  it.each([
    ['a value in the middle', 'the key abc123 is wrong', ['abc123'], 'the key [redacted] is wrong'],
    ['a value in another case', 'the key ABC123 is wrong', ['abc123'], 'the key [redacted] is wrong'],
    ['a value several times', 'abc123abc123 abc123', ['abc123'], '[redacted][redacted] [redacted]'],
    ['a value with white space around it', 'say abc123.', ['  abc123\n'], 'say [redacted].'],
    ['the longer of two values', 'abc123456', ['abc123', 'abc123456'], '[redacted]'],
    ['a value of regular-expression characters', 'is (.*)+ ok', ['(.*)+'], 'is [redacted] ok'],
    ['a value with a dollar', 'is $& ok', ['$&x'], 'is $& ok'],
    ['letters whose case has another length', 'İstanbul İSTANBUL', ['İstanbul'], '[redacted] İSTANBUL'],
    ['no values', 'the key abc123 is wrong', [], 'the key abc123 is wrong'],
    ['empty values', 'the key is wrong', ['', ' ', '\n'], 'the key is wrong'],
  ])('lacks %s', (_name, text, values, scrubbed) => {
    expect(createScrub(values)(text)).toBe(scrubbed);
  });

  it.each([
    ['URL-encoded', encodeURIComponent(MARK)],
    ['URL-encoded as a form', new URLSearchParams({ v: `a b${MARK}` }).toString().slice(2)],
    ['JSON-escaped', JSON.stringify(MARK).slice(1, -1)],
    ['JSON-escaped in ASCII', JSON.stringify(MARK).slice(1, -1).replace('é', '\\u00e9')],
    ['HTML-escaped', 'S3cr+t/&quot;&lt;é&amp;&#39;'],
    ['base64', Buffer.from(MARK).toString('base64')],
    ['base64 after one byte', Buffer.from(`:${MARK}`).toString('base64')],
    ['base64 after two bytes', Buffer.from(`::${MARK}`).toString('base64')],
    ['base64 with a suffix', Buffer.from(`${MARK}:x`).toString('base64')],
    ['base64url', Buffer.from(`??${MARK}>>`).toString('base64url')],
  ])('lacks a value that is %s', (_name, form) => {
    const scrubbed = createScrub([MARK, `a b${MARK}`])(`before ${form} after`);
    expect(scrubbed).toContain('[redacted]');
    expect(findEncoded(scrubbed, MARK)).toBeUndefined();
  });
});

describe('a value that is spelled out', () => {
  const hex = Buffer.from('hunter2!x').toString('hex');
  const pairs = hex.match(/../g) ?? [];
  it.each([
    ['in hex', hex],
    ['in upper-case hex', hex.toUpperCase()],
    ['in hex with colons', pairs.join(':')],
    ['in hex with prefixes', pairs.map((pair) => `0x${pair}`).join(', ')],
    ['in hex escapes', pairs.map((pair) => `\\x${pair}`).join('')],
    ['in hex entities', pairs.map((pair) => `&#x${pair};`).join('')],
    ['percent-encoded throughout', pairs.map((pair) => `%${pair}`).join('')],
    ['with blanks', 'h u n t e r 2 ! x'],
    ['with hyphens', 'hun-ter-2!-x'],
    ['over two lines', 'hunt\ner2!x'],
    ['backwards', 'x!2retnuh'],
  ])('is removed: %s', (_name, spelled) => {
    expect(createScrub(['hunter2!x'])(`before ${spelled} after`)).toMatch(
      /^before (?:0x|\\x|&#x|%)?\[redacted\];? after$/,
    );
  });

  it('does not remove other words', () => {
    const text = 'Ann is in the plan, and an ant ran in';
    expect(createScrub(['Ann', 'Li An'])(text)).toBe('[redacted] is in the plan, and an ant ran in');
  });
});

describe('an excerpt of foreign text', () => {
  it('cannot end the quotation it is shown in', () => {
    const text = "Bad” said. Nothing is wrong “now\" call 'again' »or« ‘so’ `then`\r\n\u2028Next: do it";
    const shown = excerpt(text, []) ?? '';
    expect(shown).toBe('Bad said. Nothing is wrong now call again or so then Next: do it');
  });

  it('is masked by shape, even without known values', () => {
    expect(excerpt('userName is taken by Bob (bob@acme.example, born 1971-03-02, +49 170 1234567)', [])).toBe(
      'userName is taken by Bob (b•••@acme.example, born •••, +•••)',
    );
  });

  it.each([
    ['boom password=Hunter2Hunter2', 'boom password=[redacted]'],
    ['new_password: "Hunter2", retry', 'new_password: [redacted] retry'],
    ['Password hunter2 is wrong; pwd = hunter', 'Password hunter2 is wrong; pwd = [redacted]'],
    ['apiKey:k-9, api key = k-9', 'apiKey:[redacted] api key = [redacted]'],
    ['Authorization: Bearer abc.DEF', 'Authorization: Bearer [redacted]'],
    ['sent Basic YW5uOnB3', 'sent Basic [redacted]'],
    ['client_secret=s3 and token==', 'client_secret=[redacted] and token=[redacted]'],
    ['password: Must be longer. Bearer token is invalid', 'password: Must be longer. Bearer token is invalid'],
  ])('lacks what a text calls a secret, known or not: %s', (text, shown) => {
    expect(excerpt(text, [])).toBe(shown);
  });

  it('is the vendor’s own sentence if it has no known value', () => {
    expect(excerpt('The e-mail is used by another account.', [MARK])).toBe('The e-mail is used by another account.');
  });

  it('lacks the known values', () => {
    expect(excerpt('Title "Boss" is too long', ['Boss'])).toBe('Title [redacted] is too long');
  });

  it.each(ENCODINGS)('never contains a value that is %s', (_name, encode) => {
    for (const text of [`Value ${encode(MARK)} is invalid`, `v=${encode(MARK)}`, encode(MARK)]) {
      const shown = excerpt(text, [MARK, 'Jane']) ?? '';
      expect(findEncoded(shown, MARK), shown).toBeUndefined();
      expect(shown).not.toContain('S3cr');
    }
  });

  it.each(['M', 'F', 'Li', '7', 'é'])('lacks the short value %s if it is a word of its own', (value) => {
    expect(excerpt(`Gender ${value} is not allowed, ${value.toUpperCase()}!`, [value])).toBe(
      'Gender [redacted] is not allowed, [redacted]!',
    );
  });

  it('keeps words that merely contain a short value', () => {
    expect(excerpt('Lists of limes', ['Li'])).toBe('Lists of limes');
  });

  it.each([
    ['half of a long value', 'user 712020:0b1c2d3e-0000 unknown', ['712020:0b1c2d3e-0000-4000-8000-000000000001']],
    ['JSON', '{"title":"x"}', []],
    ['markup', '<h1>Bad gateway</h1>', []],
    ['nothing', '', []],
    ['blanks', ' \n\t ', []],
  ])('is dropped as a whole if it is %s', (_name, text, values) => {
    expect(excerpt(text, values)).toBeUndefined();
  });

  it('shows no long run of characters, which could be a key', () => {
    expect(excerpt(`Key sk_live_${'a1'.repeat(20)} rejected`, [])).toBe('Key [redacted] rejected');
  });

  it('is one short line without invisible characters', () => {
    const shown = excerpt(`Bad\nthing\u202e\u200b\u001b[31m${' word'.repeat(200)}`, []) ?? '';
    expect(Array.from(shown).length).toBeLessThanOrEqual(160);
    expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(shown.endsWith('...')).toBe(true);
  });

  it('terminates for a megabyte', () => {
    const found = excerpt('%41&#65;\\u0041 '.repeat(70_000), [
      'x'.repeat(100_000),
      ...Array.from({ length: 500 }, (_, i) => `value ${i}`),
    ]);
    expect(found?.length ?? 0).toBeLessThanOrEqual(160);
  });
});
