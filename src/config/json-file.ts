import { readFileSync } from 'node:fs';
import { parse } from 'lossless-json';
import { UsageError } from '../errors.ts';

/**
 * The JSON value in a file. Throws a UsageError with the place of what cannot be taken, and without any value: not JSON,
 * one key twice with two values, of which only the last would count, or `__proto__`, which would get lost on the way.
 */
export function readJsonFile(path: string): unknown {
  const text = readText(path).replace(/^\ufeff/, '');
  const value = parseText(text, path);
  checkKeys(text, path);
  return value;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new UsageError(`${path}: the configuration file cannot be read (${code})`);
  }
}

function parseText(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = /position (\d+)/.exec(String(error))?.[1];
    throw new UsageError(
      `${path}: not valid JSON${place === undefined ? '' : `, line ${lineOf(text, Number(place))}`}`,
    );
  }
}

function checkKeys(text: string, path: string): void {
  const refuseProto = (key: string, value: unknown) => {
    if (key === '__proto__') throw new UsageError(`${path}: "__proto__" cannot be the name of anything`);
    return value;
  };
  parse(text, refuseProto, {
    onDuplicateKey({ key, position }) {
      const line = lineOf(text, position);
      throw new UsageError(`${path}: ${JSON.stringify(key)} is there twice, with different values, line ${line}`);
    },
  });
}

function lineOf(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}
