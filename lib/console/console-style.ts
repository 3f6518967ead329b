/** What the console's page has beside the sheet of all pages. */
export const CONSOLE_STYLE = `
main { max-width: 60rem }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; border-bottom: 1px solid var(--line) }
nav a { min-height: 48px; padding: .7rem .2rem; text-decoration: none }
nav a[aria-current] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -3px var(--brand) }
.top button { flex: none; min-height: 48px; padding: .3rem 1rem }
li > a { display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: center; min-height: 48px; text-decoration: none }
li p { margin: .2rem 0 }
input, select { width: 100%; min-height: 48px; margin: .4rem 0 .9rem; padding: .5rem .7rem; font: inherit; color: inherit;
  background: var(--bg); border: 1px solid var(--soft); border-radius: 10px }
textarea { min-height: 9rem; font-family: ui-monospace, monospace; font-size: .9rem }
h3 { margin: .8rem 0 .2rem; font-size: 1.05rem }
code { font: .9em ui-monospace, monospace }
nav { margin-bottom: .6rem }
form + .buttons { margin-top: .6rem }
pre { margin: .4rem 0; white-space: pre-wrap }
meter { width: 100%; height: 1.2rem }
table { width: 100%; border-collapse: collapse }
th, td { padding: .35rem .3rem; text-align: left; border-bottom: 1px solid var(--line) }
.bars { width: 100%; height: 5rem; border-bottom: 1px solid var(--soft); fill: var(--brand) }
.story { border-left: 3px solid var(--line); padding-left: 1rem }
.story .bad { color: var(--bad) }
`;
