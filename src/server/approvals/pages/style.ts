/** The one stylesheet. Colours come in pairs, light and dark; the contrast of every text is at least 4.5. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --sheet: #ffffff; --line: #d5dae1; --text: #1a1f26; --quiet: #545d69;
  --link: #0a56a8; --focus: #0a56a8; --good: #17643a; --good-ground: #e8f4ec; --on-good: #ffffff;
  --note: #6b4a00; --note-ground: #fdf3d8; --bad: #a3251a; --bad-ground: #fdecea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11151a; --sheet: #1a2027; --line: #353e49; --text: #e8ecf1; --quiet: #a5b0bd;
    --link: #82b9ff; --focus: #82b9ff; --good: #7fd3a0; --good-ground: #16291e; --on-good: #0b1a11;
    --note: #f0cf7e; --note-ground: #2b2413; --bad: #ff9d90; --bad-ground: #331b18;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; overflow-wrap: break-word; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1, h2, h3, p, ul, ol, dl, dd, form { margin: 0; padding: 0; }
h1 { font-size: 1.375rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; text-wrap: pretty; overflow-wrap: anywhere; }
h2 { font-size: 1rem; line-height: 1.3; font-weight: 650; }
bdi { white-space: pre-wrap; overflow-wrap: anywhere; }
a { color: var(--link); text-underline-offset: 0.15em; }
code { font: 0.9375em/1.45 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; unicode-bidi: isolate; white-space: pre-wrap; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -4rem; padding: 0.5rem 1rem; background: var(--sheet); z-index: 1; }
.skip:focus { top: 0.5rem; }
.quiet { color: var(--quiet); }
.small { font-size: 0.875rem; }

header { background: var(--sheet); border-bottom: 1px solid var(--line); }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 0 0.875rem; max-width: 64rem; margin: 0 auto; padding: 0.125rem 1rem; min-height: 3rem; font-size: 0.875rem; }
.bar .home { font-size: 1rem; font-weight: 650; color: var(--text); text-decoration: none; margin-right: auto; padding: 0.5rem 0; overflow-wrap: anywhere; }
.bar .home span { font-weight: 400; }
.bar .home:hover { text-decoration: underline; }
.bar form { display: flex; align-items: center; gap: 0.75rem; min-width: 0; overflow-wrap: anywhere; }
.bar form > button { flex: none; }
.bar form > * + * { margin-top: 0; }
main { display: block; max-width: 64rem; margin: 0 auto; padding: 1rem 1rem 4rem; }
main:focus { outline: none; }
.narrow { max-width: 26rem; }
.stack > * + * { margin-top: 1rem; }
.lead { margin-top: 0.5rem; }
.requests.lead, .notice.lead, .sheet.lead, .notice + h1 { margin-top: 0.75rem; }

.sheet { background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; padding: 0.875rem 1rem; }
.sheet + .sheet { margin-top: 1rem; }
.notice { border-left: 4px solid var(--quiet); border-radius: 6px; background: var(--sheet); padding: 0.875rem 1rem; }
.notice.good { border-color: var(--good); background: var(--good-ground); }
.notice.note { border-color: var(--note); background: var(--note-ground); }
.notice.bad { border-color: var(--bad); background: var(--bad-ground); }
.notice h2 { margin-bottom: 0.25rem; }
.notice ul { padding-left: 1.1rem; }
.notice.bad h2, .notice.bad a { color: var(--bad); }

.pages { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin-top: 1rem; }
.by { margin-top: 0.25rem; overflow-wrap: anywhere; font-size: 0.9375rem; }
.by + .rows, .by + .warning { margin-top: 0.625rem; }
.group { margin-top: 1.25rem; }
.group h2 { margin-bottom: 0.5rem; overflow-wrap: anywhere; }
.group h2 .quiet { font-weight: 400; }
.requests { list-style: none; }
.requests > li + li { margin-top: 0.75rem; }
.requests h3, .requests h2 { font-size: 1rem; line-height: 1.35; font-weight: 650; overflow-wrap: anywhere; }
.request { display: flex; gap: 0.75rem; align-items: flex-start; padding: 1rem; }
.request > div { min-width: 0; flex: 1; }
.request .strong { margin-top: 0.25rem; font-weight: 600; }
.preview { list-style: none; margin-top: 0.25rem; }
.preview li { overflow-wrap: anywhere; padding: 0.0625rem 0; }
.preview .new, .alike .new { font-weight: 650; }
.alike { list-style: none; } .alike > li { border-left: 4px solid var(--link); padding: 0.25rem 0 0.25rem 0.75rem; margin-top: 0.5rem; }
.pick { flex: none; width: 1.375rem; height: 1.375rem; margin: 0; accent-color: var(--good); }
.narrow-by form { display: grid; gap: 0.75rem; margin-top: 0.5rem; }
@media (min-width: 40rem) { .narrow-by form { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
.narrow-by .actions { display: flex; gap: 1.25rem; align-items: center; }
details summary { cursor: pointer; color: var(--link); padding: 0.5rem 0; width: fit-content; }
.split { display: grid; gap: 1rem; margin-top: 1.25rem; align-items: start; }
.split .sheet { margin-top: 0; }
@media (min-width: 56rem) { .split { grid-template-columns: minmax(0, 1fr) 19rem; } .split > .side { grid-column: 2; grid-row: 1 / span 2; } .split > :not(.side) { grid-column: 1; } }
.facts { display: grid; gap: 0.625rem; margin-top: 0.75rem; }
.facts dt { color: var(--quiet); font-size: 0.8125rem; }
.facts dd { overflow-wrap: anywhere; }

.rows, .changes { list-style: none; }
.rows > li, .changes > li { padding: 0.625rem 0; border-top: 1px solid var(--line); }
.rows > li:first-child, .changes > li:first-child { border-top: 0; padding-top: 0; }
.rows > li:last-child, .changes > li:last-child { padding-bottom: 0; }
.rows > li.risk { border-left: 4px double var(--bad); padding-left: 0.75rem; }
.field { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.625rem; font-weight: 400; font-size: 1rem; }
.field code { font-weight: 650; }
.tag { border: 1px solid var(--bad); border-radius: 4px; padding: 0 0.375rem; color: var(--bad); font-size: 0.8125rem; font-weight: 600; white-space: nowrap; }
.loss { color: var(--bad); font-weight: 600; font-size: 0.875rem; }
.move { display: flex; flex-wrap: wrap; gap: 0 0.5rem; }
.move > div { min-width: 0; }
.move dt { font-size: 0.75rem; font-weight: 600; color: var(--quiet); }
.move:not(.apart) dt { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.move:not(.apart) .after::before { content: "\\2192" / ""; color: var(--quiet); margin-right: 0.5rem; }
.move:not(.apart) > div { display: flex; position: relative; }
.move.apart { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.375rem; }
.move .after code { font-weight: 650; }
mark { background: none; font-weight: 700; text-decoration: underline; text-decoration-thickness: 2px; text-underline-offset: 0.2em; }
.none { font-style: italic; color: var(--quiet); }
.effect { color: var(--quiet); font-size: 0.875rem; }
.part { margin-top: 0.625rem; font-size: 0.875rem; }
.entries { list-style: none; }
.entries b, .entries .loss { font-size: 0.875rem; }
.warning { margin: 0.25rem 0 0.5rem; padding: 0.25rem 0.75rem; border-radius: 6px; background: var(--note-ground); color: var(--note); font-weight: 600; }

.people, .people thead, .people tbody, .people tr, .people th, .people td { display: block; }
.people th { text-align: left; overflow-wrap: anywhere; } .people th .quiet { font-weight: 400; }
.people td { padding: 0.25rem 0 0; min-width: 0; }
.people thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.people tbody tr { border-top: 1px solid var(--line); padding: 0.75rem 0; content-visibility: auto; contain-intrinsic-size: auto 7rem; }
@media (min-width: 48rem) { .people tbody tr { display: grid; grid-template-columns: 16rem minmax(0, 1fr); gap: 0 1.25rem; } .people td { padding: 0; } }
.strong { font-weight: 600; }

label { display: block; font-weight: 600; padding: 0; overflow-wrap: anywhere; }
.hint, .error { display: block; font-size: 0.875rem; }
.hint { color: var(--quiet); } .error { color: var(--bad); font-weight: 600; }
input[type=text], input[type=password], select { width: 100%; margin-top: 0.25rem; padding: 0.625rem 0.75rem; font: inherit; color: var(--text); background: var(--sheet); border: 1px solid var(--quiet); border-radius: 6px; min-height: 2.75rem; }
input[aria-invalid=true] { border: 2px solid var(--bad); }
.tick { display: flex; gap: 0.75rem; align-items: flex-start; } .tick input { flex: none; width: 1.375rem; height: 1.375rem; margin: 0.0625rem 0 0; accent-color: var(--good); }
button { font: inherit; font-weight: 650; min-height: 2.75rem; padding: 0.5rem 1.25rem; border-radius: 6px; border: 1px solid transparent; cursor: pointer; }
button.yes { background: var(--good); color: var(--on-good); border: 2px solid var(--good); width: 100%; }
a.button { display: block; font-weight: 650; line-height: 1.75; padding: 0.5rem 1.25rem; border-radius: 6px; background: var(--good); color: var(--on-good); border: 2px solid var(--good); text-align: center; text-decoration: none; }
button.no { background: var(--sheet); color: var(--bad); border: 2px dashed var(--bad); width: 100%; }
button.plain { background: none; color: var(--link); padding: 0.5rem 0; text-decoration: underline; text-underline-offset: 0.15em; font-weight: 400; }
button:hover, a.button:hover { filter: brightness(1.08); }
.decide { display: grid; gap: 0.75rem; align-items: start; margin-top: 1rem; max-width: 44rem; }
.decide .stack > * + * { margin-top: 0.5rem; }
@media (min-width: 40rem) { .decide { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); align-items: end; } }
@media (forced-colors: active) { .notice, .warning { border: 1px solid; } button.yes { border-width: 4px; } }
@media (prefers-reduced-motion: no-preference) { .skip { transition: top 0.1s; } }
`;
