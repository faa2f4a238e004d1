/** The part of the stylesheet for the history. The colours come from `STYLE`; none says what words do not. */
export const HISTORY_STYLE = `
.sections { display: flex; gap: 1rem; } .sections a { padding: 0.5rem 0; }
button.neutral { border-color: var(--quiet); background: var(--sheet); color: var(--text); width: 100%; }
.filters { display: grid; gap: 0.75rem 1rem; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); align-items: end; }
.filters > * + * { margin-top: 0; }
.filters select, .filters input, .filters button { width: 100%; height: 2.875rem; margin-top: 0.25rem; padding: 0 0.75rem; font: inherit; color: var(--text); background: var(--sheet); border: 1px solid var(--quiet); border-radius: 6px; }
.filters button { font-weight: 650; }
summary { cursor: pointer; min-height: 2.75rem; padding: 0.625rem 0; font-weight: 600; }
.history { list-style: none; }
.history > li { margin-top: 0.75rem; }
.history .top { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 0.75rem; }
.history h3 { margin: 0.375rem 0; font-size: 1rem; overflow-wrap: anywhere; } .history .small { margin-top: 0.25rem; }
.line { display: block; overflow-wrap: anywhere; }
.line .name { font-weight: 600; }
.outcome { font-size: 0.8125rem; font-weight: 650; border: 1px solid; border-radius: 999px; padding: 0 0.625rem; }
.outcome.good { color: var(--good); } .outcome.bad { color: var(--bad); } .outcome.note { color: var(--note); } .outcome.plain { color: var(--quiet); }
.links { margin-top: 0.5rem; padding: 0; }
.links li { background: var(--ground); overflow-wrap: anywhere; padding: 0.5rem 0.75rem; border-radius: 6px; margin-top: 0.25rem; } .links .small { display: block; }
.sheet > .masked { margin: 0.25rem 0 0.75rem; }
.hashes dt { color: var(--quiet); } .split > div > .sheet > * + * { margin-top: 0.75rem; }
.split > div > .sheet + .sheet { margin-top: 1rem; }
.plot { display: block; width: 100%; height: 7rem; margin-top: 0.5rem; overflow: visible; }
.plot .axis, .plot rect, .sample rect { vector-effect: non-scaling-stroke; }
.plot .axis { fill: none; stroke: var(--quiet); } .done { fill: var(--good); } .other { fill: none; stroke: var(--text); }
.ends { display: flex; flex-wrap: wrap; gap: 0 1rem; justify-content: space-between; } .key { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; } .ends, .key { font-size: 0.875rem; } .sample { width: 0.875rem; height: 0.875rem; vertical-align: -0.0625rem; }
.counts { border-collapse: collapse; font-variant-numeric: tabular-nums; } .counts th, .counts td { text-align: right; padding: 0.25rem 0.75rem; border-top: 1px solid var(--line); } .counts th:first-child { text-align: left; font-weight: 400; }
@media (forced-colors: active) { .done { fill: CanvasText; } .plot .axis, .other { stroke: CanvasText; } }
`;
