import product from '../.rolldown.config.mjs';

/** The benchmark and the servers it makes itself, bundled as the product is: the floor too starts from one file. */
const dir = 'bench/.run/built';
const external = [...product.external, 'gpt-tokenizer'];
const together = { groups: [{ name: 'floor', test: /bench[\\/]subjects[\\/]floor\.ts$/ }] };

export default [
  { ...product, input: 'bench/subjects/floor.ts', output: { ...product.output, dir, codeSplitting: together } },
  {
    ...product,
    input: ['bench/run.ts', 'bench/subjects/raw.ts', 'bench/subjects/vendor.ts'],
    external,
    output: { ...product.output, dir, cleanDir: false, codeSplitting: true },
  },
];
