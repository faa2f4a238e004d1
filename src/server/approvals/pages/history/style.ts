/** The part of the stylesheet for the history. The colours come from `STYLE`; none says what words do not. */
export const HISTORY_STYLE = `
.sections { display: flex; gap: 1rem; } .sections a { padding: 0.5rem 0; }
.filters { display: grid; gap: 0.75rem 1rem; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); align-items: end; }
.filters > * + * { margin-top: 0; }
.filters select, .filters input[type=date] { width: 100%; margin-top: 0.25rem; padding: 0.5rem 0.75rem; font: inherit; color: var(--text); background: var(--sheet); border: 1px solid var(--quiet); border-radius: 6px; min-height: 2.75rem; }
.filters button { border-color: var(--quiet); background: var(--sheet); color: var(--text); }
summary { cursor: pointer; min-height: 2.75rem; padding: 0.625rem 0; font-weight: 600; }
.history { list-style: none; }
.history > li { margin-top: 0.75rem; }
.history .top { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 0.75rem; }
.history h2 { margin: 0.25rem 0; overflow-wrap: anywhere; }
.line { display: block; overflow-wrap: anywhere; }
.line .name { font-weight: 600; }
.outcome { font-size: 0.8125rem; font-weight: 650; border: 1px solid; border-radius: 999px; padding: 0 0.625rem; }
.outcome.good { color: var(--good); } .outcome.bad { color: var(--bad); } .outcome.note { color: var(--note); } .outcome.plain { color: var(--quiet); }
.links { margin-top: 0.5rem; padding: 0; }
.links li { background: var(--ground); overflow-wrap: anywhere; }
.hashes dt { color: var(--quiet); }
.split > div > .sheet + .sheet { margin-top: 1rem; }
.plot { display: block; width: 100%; height: 8rem; margin-top: 0.5rem; }
.plot .axis { stroke: var(--quiet); } .plot .done { fill: var(--good); } .plot .other { fill: url(#hatch); stroke: var(--quiet); } .plot .hatch { stroke: var(--quiet); }
.key { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; font-size: 0.875rem; } .key svg { width: 0.875rem; height: 0.875rem; vertical-align: -0.0625rem; }
.counts { border-collapse: collapse; font-variant-numeric: tabular-nums; } .counts th, .counts td { text-align: right; padding: 0.25rem 0.75rem; border-top: 1px solid var(--line); } .counts th:first-child { text-align: left; font-weight: 400; }
@media (forced-colors: active) { .plot .done { fill: CanvasText; } .plot .axis, .plot .other, .plot .hatch { stroke: CanvasText; } }
`;
