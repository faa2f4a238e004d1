export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** One measured value. `ratio` is relative to `baseline`, measured in the same run. */
export interface Row {
  topic: string;
  what: string;
  /** Undefined if it could not be measured; `note` says why. */
  value?: number;
  unit: string;
  ratio?: number;
  baseline?: string;
  note?: string;
}

/** Rows of one topic, one for each name in `samples`, with the ratio to the baseline. */
export function rowsOf(
  topic: string,
  unit: string,
  samples: ReadonlyMap<string, readonly number[]>,
  baseline: string,
  reduce: (values: readonly number[]) => number = median,
): Row[] {
  const base = samples.get(baseline);
  return [...samples].map(([what, values]) => {
    const value = reduce(values);
    const isOther = what !== baseline && base !== undefined && base.length > 0;
    return { topic, what, value, unit, ...(isOther && { ratio: value / reduce(base), baseline }) };
  });
}

export function add(samples: Map<string, number[]>, name: string, ...values: number[]): void {
  const held = samples.get(name) ?? [];
  held.push(...values);
  samples.set(name, held);
}
