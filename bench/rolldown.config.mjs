import product from '../.rolldown.config.mjs';

/** The benchmark and the servers it makes itself, bundled as the product is: the floor too starts from one file. */
export default {
  ...product,
  input: ['run', 'floor', 'raw', 'vendor'].map((name) => `bench/${name}.ts`),
  external: [...product.external, 'gpt-tokenizer'],
  output: {
    ...product.output,
    dir: 'bench/.run/built',
    codeSplitting: { groups: [{ name: 'floor', test: /bench[\\/]floor\.ts$/ }] },
    minify: false,
  },
};
