import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
/** Texts for packages that ship none; the README there says where each is from. */
const TEXTS = join(import.meta.dirname, 'licenses');
const INSTALLED = `${sep}node_modules${sep}`;
/** How a bundler names the modules that it put into a published file: `//#region …/node_modules/NAME/index.js`. */
const REGION = /^\/\/#region .*node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm;

/**
 * The notices of all packages that modules with these ids come from, as a text file: each license once, below the
 * packages it is for. Throws if a package has no license text.
 */
export function noticesOf(moduleIds) {
  const byText = new Map();
  for (const { title, texts } of packagesOf(moduleIds)) {
    for (const text of texts) byText.set(text, [...(byText.get(text) ?? []), title]);
  }
  const sections = [...byText].map(([text, titles]) => `${titles.join('\n')}\n\n${text}`);
  const line = `\n\n${'-'.repeat(80)}\n\n`;
  return `This program contains the following packages, under the licenses below each.${line}${sections.join(line)}\n`;
}

function packagesOf(moduleIds) {
  const found = new Map();
  for (const id of moduleIds) {
    for (const folder of foldersOf(id)) found.set(folder, describe(folder));
    // The parser of undici is compiled from C, so no module names it.
    if (/undici.lib.llhttp.llhttp.*wasm/.test(id))
      found.set('llhttp', { title: 'llhttp (MIT)', texts: textsIn('llhttp') });
  }
  return [...found.values()].sort((a, b) => (a.title < b.title ? -1 : 1));
}

/** The packages that a module is made of: the one it is in, and those that this one was bundled from. */
function foldersOf(id) {
  if (id.startsWith('\0rolldown/')) return [installed('rolldown')]; // helpers of the bundler
  if (!id.includes(INSTALLED)) return [];
  const names = [...readFileSync(id, 'utf8').matchAll(REGION)].map(([, name]) => installed(name));
  return [packageFolder(dirname(id)), ...names];
}

/** Some packages have a `package.json` without a name in their subfolders. */
function packageFolder(folder) {
  const file = join(folder, 'package.json');
  const isPackage = existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name !== undefined;
  return isPackage ? folder : packageFolder(dirname(folder));
}

function installed(name) {
  return join(ROOT, 'node_modules', name);
}

function describe(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { title: `${name} ${version} (${license})`, texts: textsIn(name, folder) };
}

function textsIn(name, folder) {
  const shipped =
    folder === undefined ? [] : readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)\b/i.test(file));
  const files = shipped.length > 0 ? shipped.map((file) => join(folder, file)) : [join(TEXTS, `${name}.txt`)];
  if (!files.every(existsSync)) throw new Error(`${name} ships no license text: put it into ${files[0]}`);
  return files.map((file) => readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim());
}
