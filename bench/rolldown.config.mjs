import { program as product } from '../.rolldown.config.mjs';

/** The benchmark and its own servers, bundled like the product, so that the floor also starts from one file. */
const dir = 'bench/.run/built';
const external = [...product.external, 'gpt-tokenizer'];
const together = { groups: [{ name: 'floor', test: /bench[\\/]subjects[\\/]floor\.ts$/ }] };

export default [
  { ...product, input: 'bench/subjects/floor.ts', output: { ...product.output, dir, codeSplitting: together } },
  {
    ...product,
    input: ['run', 'subjects/raw', 'subjects/vendor', 'subjects/many', 'stages/stages'].map(
      (name) => `bench/${name}.ts`,
    ),
    external,
    output: { ...product.output, dir, cleanDir: false, codeSplitting: true },
  },
];
