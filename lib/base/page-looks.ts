/** The pages' one style sheet: the system's own letters and colours that follow the reader's theme. */
export const STYLE = `
:root { color-scheme: light dark; --bg: #f3f5f9; --card: #fff; --ink: #1b2430; --soft: #55627a; --line: #d5dce7;
  --brand: #1d5fd6; --on-brand: #fff; --good: #0b7a43; --good-bg: #dcf5e7; --bad: #b42318; --bad-bg: #fde6e3;
  --wait: #7a4d00; --wait-bg: #fff0cf }
@media (prefers-color-scheme: dark) { :root { --bg: #10151d; --card: #1a2230; --ink: #e8edf5; --soft: #a5b2c8;
  --line: #344054; --brand: #7fb0ff; --on-brand: #0c1a33; --good: #63d59a; --good-bg: #12361f; --bad: #ff9d93;
  --bad-bg: #4a1b17; --wait: #f3c063; --wait-bg: #43320c } }
* { box-sizing: border-box }
body { margin: 0; background: var(--bg); color: var(--ink); overflow-wrap: anywhere;
  font: 17px/1.55 system-ui, -apple-system, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif }
main { max-width: 40rem; margin: 0 auto; padding: 1rem max(1rem, env(safe-area-inset-left)) 3rem }
h1 { margin: .6rem 0; font-size: 1.5rem; line-height: 1.3 }
h2 { margin: 0 0 .6rem; font-size: 1rem; color: var(--soft) }
a { color: var(--brand) }
.top { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; color: var(--soft) }
.top a { margin-left: auto; padding: .7rem 0 .7rem 1rem; min-height: 48px }
.mark { display: inline-block; padding: .1rem .7rem; border-radius: 99px; font-size: .9rem; font-weight: 600;
  background: var(--wait-bg); color: var(--wait) }
.mark.done { background: var(--good-bg); color: var(--good) }
.mark.declined, .mark.cancelled, .mark.failed, .mark.overdue { background: var(--bad-bg); color: var(--bad) }
section, .note { margin: 1rem 0; padding: 1rem; border: 1px solid var(--line); border-radius: 12px; background: var(--card) }
.note { border-left: 5px solid var(--brand); font-weight: 600 }
.note p { margin: 0 0 .6rem }
.note.bad { border-left-color: var(--bad) }
.text, blockquote, dd { white-space: pre-wrap; unicode-bidi: isolate }
blockquote { margin: .3rem 0; padding-left: .7rem; border-left: 3px solid var(--line) }
dl { margin: 0; display: grid; gap: .7rem }
dt { color: var(--soft); font-size: .9rem }
dd { margin: 0 }
ul, ol { margin: 0; padding: 0; list-style: none }
li { padding: .45rem 0 }
li + li { border-top: 1px solid var(--line) }
.people li { display: flex; gap: .6rem; justify-content: space-between; align-items: center }
small, .zone, .sender { color: var(--soft); font-size: .9rem }
h2 + p { margin: 0 0 .4rem }
summary { padding: .7rem 0; min-height: 48px; color: var(--brand); cursor: pointer }
label { display: block; font-weight: 600 }
textarea { width: 100%; min-height: 4.5rem; margin: .4rem 0 .9rem; padding: .7rem; font: inherit; color: inherit;
  background: var(--bg); border: 1px solid var(--soft); border-radius: 10px; resize: vertical }
.buttons { display: flex; flex-wrap: wrap; gap: .6rem }
button, .button { flex: 1 1 5.5rem; min-height: 52px; padding: .6rem; border: 2px solid var(--brand); border-radius: 10px;
  font: inherit; font-weight: 600; color: var(--brand); background: transparent; cursor: pointer }
.button { display: inline-block; text-align: center; text-decoration: none }
button.done, .button.done { color: var(--on-brand); background: var(--brand) }
button.decline { color: var(--bad); border-color: var(--bad) }
:focus-visible { outline: 3px solid var(--brand); outline-offset: 2px }
form[aria-busy=true] { opacity: .6 }
@media (prefers-reduced-motion: no-preference) { form { transition: opacity .15s } }
@media print { form, .top a { display: none } }
`;

/**
 * What a page does better with script: the reader's own time zone, and one tap is one tap. Without it times are
 * those of the app's people, and the second tap changes nothing.
 */
export const SCRIPT = `
const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
const named = (timeZoneName) => new Intl.DateTimeFormat(document.documentElement.lang, { timeZoneName })
  .formatToParts().find(({ type }) => type === 'timeZoneName').value;
const shown = () => {
  for (const time of document.querySelectorAll('time')) time.textContent = format.format(new Date(time.dateTime));
  const zone = document.querySelector('.zone b');
  if (zone) try { zone.textContent = named('longGeneric'); } catch { zone.textContent = named('long'); } // before Chrome 95
  for (const form of document.forms) form.addEventListener('submit', (event) => {
    if (form.ariaBusy) event.preventDefault();
    form.ariaBusy = 'true';
  });
};
shown();
document.addEventListener('shown', shown); // by a page that changes its whole content
addEventListener('pageshow', () => { for (const form of document.forms) form.ariaBusy = null; });
`;
