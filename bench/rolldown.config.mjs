import { program as product } from '../.rolldown.config.mjs';

/** The benchmark and its own servers, bundled like the product, so that the floor also starts from one file. */
const dir = 'bench/.run/built';
const external = [...product.external, 'gpt-tokenizer'];
const together = { groups: [{ name: 'floor', test: /bench[\\/]subjects[\\/]floor\.ts$/ }] };

/** With the SDK as it is, and with the product's plugin. */
const floor = { ...product, input: 'bench/subjects/floor.ts' };
const leanDir = `${dir}/lean`;

export default [
  { ...floor, plugins: [], output: { ...product.output, dir, codeSplitting: together } },
  { ...floor, output: { ...product.output, dir: leanDir, codeSplitting: together } },
  {
    ...product,
    input: ['run', 'subjects/raw', 'subjects/vendor', 'subjects/many', 'stages/stages'].map(
      (name) => `bench/${name}.ts`,
    ),
    external,
    output: { ...product.output, dir, cleanDir: false, codeSplitting: true },
  },
];
