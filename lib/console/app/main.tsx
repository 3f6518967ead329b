import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Grant } from '../../../contract/answers/usage.ts';
import { WORDS } from '../words/words.ts';
import { type Ask, askWith, keptKey, type Refused } from './api.ts';
import { Destination, Destinations } from './destinations.tsx';
import { Limits } from './limits.tsx';
import { refusedBy } from './live.ts';
import { type Reader, ReaderOf, Trouble } from './parts.tsx';
import { Source, Sources } from './sources.tsx';
import { Story } from './story.tsx';
import { Messages, Today } from './today.tsx';

const language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
const words = WORDS[language];
const [other, otherLang] = language === 'zh' ? (['en', 'en-GB'] as const) : (['zh', 'zh-CN'] as const);
const VIEWS = { '': words.today, limits: words.limits, d: words.destinations, s: words.sources };
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
  const leave = () => {
    keptKey.forget();
    setReader(undefined);
  };
  return (
    <>
      <div class="top">
        <strong>{reader && words.holder(reader.grant.caller)}</strong>
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
      {reader ? <Views reader={reader} hash={hash} /> : <SignIn known={setReader} />}
    </>
  );
}

function Views({ reader, hash }: { reader: Reader; hash: string }) {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [view = '', name = ''] = path.split('/');
  const given = new URLSearchParams(query);
  const may = (act: RegExp) => reader.grant.scopes.some((scope) => scope === '*' || act.test(scope));
  return (
    <ReaderOf.Provider value={reader}>
      <nav aria-label={words.views}>
        {Object.entries(VIEWS).map(([to, title]) => (
          <a key={to} href={`#/${to}`} aria-current={view === to ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      {!may(/:(send|write|share)$/) && <p>{words.looker(reader.grant.caller)}</p>}
      {viewOf(view, name, given)}
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

function SignIn({ known }: { known: (reader: Reader) => void }) {
  const [key, setKey] = useState('');
  const [refused, setRefused] = useState<Refused>();
  const signIn = async (given: string) => {
    const ask: Ask = askWith(given);
    try {
      const grant = await ask<Grant>('GET /grant');
      keptKey.write(given);
      known({ words, ask, grant });
    } catch (error) {
      keptKey.forget();
      setRefused(refusedBy(error));
    }
  };
  useEffect(() => {
    const kept = keptKey.read();
    if (kept) signIn(kept);
  }, []);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    signIn(key.trim());
  };
  return (
    <form onSubmit={submit}>
      <label for="key">{words.key}</label>
      <input
        id="key"
        type="password"
        autocomplete="off"
        required
        value={key}
        onInput={(event) => setKey(event.currentTarget.value)}
      />
      <p>{words.keyNote}</p>
      {refused && <Trouble words={words} refused={refused} />}
      <div class="buttons">
        <button type="submit" class="done">
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

const place = document.getElementById('console');
if (place) render(<App />, place);
