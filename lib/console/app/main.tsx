import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Grant } from '../../../contract/answers/usage.ts';
import { WORDS } from '../words/words.ts';
import { type Ask, askWith, consoleToken, keptKey, type Refused, signOut } from './api.ts';
import { Destination, Destinations } from './destinations.tsx';
import { Limits } from './limits.tsx';
import { refusedBy } from './live.ts';
import { Hidden, type Reader, ReaderOf, Trouble } from './parts.tsx';
import { Source, Sources } from './sources.tsx';
import { Story } from './story.tsx';
import { Messages, NoList, Today } from './today.tsx';

const language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
const words = WORDS[language];
const [other, otherLang] = language === 'zh' ? (['en', 'en-GB'] as const) : (['zh', 'zh-CN'] as const);
const VIEWS = [
  ['', words.today, 'messages:read'],
  ['limits', words.limits, 'messages:read'],
  ['d', words.destinations, 'destinations:read'],
  ['s', words.sources, 'sources:read'],
] as const;
const place = document.getElementById('console');
/** Whether the stage lists people who sign in by DingTalk. */
const SIGNS_IN = place?.dataset.signIn !== undefined;
/** The key that `npm start` makes, on the machine where it runs. */
const LOCAL_KEY = /^(127\.0\.0\.1|localhost|\[::1\])$/.test(location.hostname) ? 'local' : undefined;

function App() {
  const [hash, setHash] = useState(location.hash);
  const [reader, setReader] = useState<Reader>();
  useEffect(() => {
    const turned = () => setHash(location.hash);
    addEventListener('hashchange', turned);
    return () => removeEventListener('hashchange', turned);
  }, []);
  const gone = () => setReader(undefined);
  const leave = async () => {
    keptKey.forget();
    if (reader?.isPerson) await signOut();
    gone();
  };
  return (
    <>
      <div class="top">
        <strong>{reader && words[reader.isPerson ? 'person' : 'holder'](reader.grant.caller)}</strong>
        {reader && (
          <button type="button" onClick={leave}>
            {words.signOut}
          </button>
        )}
        <a href={`?lang=${other}${hash}`} lang={otherLang}>
          {words.other}
        </a>
      </div>
      <h1>{words.title}</h1>
      {reader ? <Views reader={reader} hash={hash} /> : <SignIn known={setReader} gone={gone} hash={hash} />}
    </>
  );
}

function Views({ reader, hash }: { reader: Reader; hash: string }) {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [view = '', name = ''] = path.split('/');
  const given = new URLSearchParams(query);
  const { scopes, destinations } = reader.grant;
  const may = (act: RegExp) => scopes.some((scope) => scope === '*' || act.test(scope));
  // a list takes the right to all destinations
  const seen = VIEWS.filter(([, , scope]) => may(new RegExp(`^${scope}$`)) && destinations.includes('*'));
  return (
    <ReaderOf.Provider value={reader}>
      <nav aria-label={words.views}>
        {seen.map(([to, title]) => (
          <a key={to} href={`#/${to}`} aria-current={view === to ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      {!may(/:(send|write|share)$/) && <p>{words.looker(reader.grant.caller)}</p>}
      {view === '' && seen[0]?.[0] !== '' ? <NoList /> : viewOf(view, name, given)}
    </ReaderOf.Provider>
  );
}

/** The view of an address; today for one that cannot be read. */
function viewOf(view: string, part: string, given: URLSearchParams) {
  const name = decoded(part);
  if (name === undefined) return <Today />;
  const cursor = given.get('cursor') ?? '';
  if (view === 'm') return <Story key={name} id={name} />;
  if (view === 'list') return <Messages status={name} cursor={cursor} />;
  if (view === 'limits') return <Limits />;
  if (view === 'd')
    return name ? (
      <Destination key={name} name={name} back={given.get('back') ?? ''} />
    ) : (
      <Destinations cursor={cursor} />
    );
  if (view === 's') return name ? <Source key={name} name={name} /> : <Sources />;
  return <Today />;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

type SignInProps = { known: (reader: Reader) => void; gone: () => void; hash: string };

/**
 * By a key, or by DingTalk: who is signed in there already presses nothing.
 * @param gone their session is over @param hash the view that they come for
 */
function SignIn({ known, gone, hash }: SignInProps) {
  const [key, setKey] = useState('');
  const [refused, setRefused] = useState<Refused>();
  const enter = async (ask: Ask, isPerson: boolean) =>
    known({ words, ask, isPerson, grant: await ask<Grant>('GET /grant') });
  const signIn = async (given: string) => {
    try {
      await enter(askWith(given), false);
      keptKey.write(given);
    } catch (error) {
      keptKey.forget();
      setRefused(refusedBy(error));
    }
  };
  const renew = () =>
    consoleToken().catch((error: unknown) => {
      gone();
      throw error;
    });
  const bySession = async () => {
    try {
      await enter(askWith(await consoleToken(), renew), true);
    } catch (error) {
      const why = refusedBy(error);
      if (why.problem.code !== 'signed_out') setRefused(why);
    }
  };
  useEffect(() => {
    const kept = keptKey.read();
    if (kept) signIn(kept);
    else if (SIGNS_IN) bySession();
  }, []);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    signIn(key.trim());
  };
  return (
    <form onSubmit={submit}>
      {SIGNS_IN && (
        <p class="buttons">
          <a
            class="button done"
            href={`/sign-in?${new URLSearchParams({ to: `/console?lang=${language}${/^#\//.test(hash) ? hash : ''}` })}`}
          >
            {words.byDingTalk}
          </a>
        </p>
      )}
      <Hidden id="key" label={words.key} value={key} set={setKey} required />
      <p>{words.keyNote}</p>
      {refused?.problem.code === 'not_listed' ? (
        <p class="note bad" role="alert">
          {words.notListed}
        </p>
      ) : (
        refused && <Trouble words={words} refused={refused} />
      )}
      <div class="buttons">
        <button type="submit" class={SIGNS_IN ? '' : 'done'}>
          {words.signIn}
        </button>
        {LOCAL_KEY && (
          <button type="button" onClick={() => signIn(LOCAL_KEY)}>
            {words.localKey}
          </button>
        )}
      </div>
    </form>
  );
}

if (place) render(<App />, place);
