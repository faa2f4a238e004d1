/**
 * About how many tokens a model reads a text as. Counted by the shapes that byte-pair vocabularies share: digits in
 * threes, runs of punctuation, words of Latin letters whole up to eight letters, any other letter by itself.
 */
export function approximateTokens(text: string): number {
  return Math.ceil((text.match(TOKENS)?.length ?? 0) * 1.03);
}

const TOKENS = /\p{Script=Latin}{1,8}|\p{N}{1,3}|[^\p{L}\p{N}\s]{1,3}|\p{L}|\n/gu;
