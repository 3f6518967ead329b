/** How the reference looks: system fonts, light and dark, a phone's width. */
export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d5d9de, #3a4048); --soft: light-dark(#f3f5f7, #22272e); --link: light-dark(#0a58ca, #7ab8ff); }
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 17rem minmax(0, 1fr); font: 16px/1.5 system-ui, sans-serif;
  background: light-dark(#fff, #1b1f24); color: light-dark(#1b1f24, #e6e9ed); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; border-right: 1px solid var(--line); font-size: .875rem; }
nav h2 { font-size: .875rem; margin: 1rem 0 .25rem; }
nav ul { list-style: none; margin: 0; padding: 0; overflow-wrap: anywhere; }
nav li { padding: .125rem 0; }
main { padding: 1rem 2rem 4rem; max-width: 60rem; }
section { border-top: 1px solid var(--line); padding: .5rem 0; }
h3, p, li, td { overflow-wrap: anywhere; }
a { color: var(--link); }
code, pre { font: .875em/1.5 ui-monospace, monospace; }
code, pre { background: var(--soft); border-radius: .25rem; }
code { padding: .0625rem .25rem; }
pre { padding: .75rem; overflow: auto; }
.method { font-weight: bold; }
.wide { overflow: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td { text-align: left; vertical-align: top; padding: .375rem .5rem; border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: .25rem 0; }
@media (max-width: 48rem) { body { display: block; } nav { position: static; height: auto; max-height: 40vh; border-right: 0; border-bottom: 1px solid var(--line); } main { padding: 1rem; } }
`;
