import { useState } from 'preact/hooks';
import type { DestinationList, DestinationView } from '../../../contract/answers/destinations.ts';
import type { MessageView } from '../../../contract/answers/messages.ts';
import { useLive } from './live.ts';
import { Deed, go, Hidden, Shown, useReader } from './parts.tsx';

export function Destinations({ cursor }: { cursor: string }) {
  const { words, ask } = useReader();
  const query = cursor && `?${new URLSearchParams({ cursor })}`;
  const live = useLive(() => ask<DestinationList>(`GET /destinations${query}`), `d${query}`);
  return (
    <section>
      <h2>{words.destinations}</h2>
      <Shown live={live}>
        {({ items, cursor: next }) => (
          <>
            <ul>
              {items.map(({ name, kind, title }) => (
                <li key={name}>
                  <a href={`#/d/${encodeURIComponent(name)}`}>
                    <strong dir="auto">{name}</strong> <code>{kind}</code> <span dir="auto">{title}</span>
                  </a>
                </li>
              ))}
            </ul>
            {next && <a href={`#/d?${new URLSearchParams({ cursor: next })}`}>{words.more}</a>}
          </>
        )}
      </Shown>
    </section>
  );
}

/** A destination, to be tried and mended. @param back the message from which somebody came */
export function Destination({ name, back }: { name: string; back: string }) {
  const { words, ask, may } = useReader();
  const path = `/destinations/${encodeURIComponent(name)}`;
  const live = useLive(() => ask<DestinationView>(`GET ${path}`), path);
  const test = async () => go(`#/m/${(await ask<MessageView>(`POST ${path}/test`)).id}`);
  return (
    <section>
      <h2 dir="auto">{name}</h2>
      <Shown live={live}>
        {(view) => (
          <>
            {!(may('destinations:write') && view.kind !== 'custom-robot') && <pre>{JSON.stringify(view, null, 2)}</pre>}
            {may('destinations:write') && <Mend path={path} view={view} saved={() => back && go(`#/m/${back}`)} />}
            {may('messages:send') && (
              <div class="buttons">
                <Deed name={words.test} run={test} />
              </div>
            )}
          </>
        )}
      </Shown>
    </section>
  );
}

type MendProps = { path: string; view: DestinationView; saved: () => void };

/** A robot is mended by its address and secret, which are never shown; another destination by its settings. */
function Mend({ path, view, saved }: MendProps) {
  const { words, ask } = useReader();
  const { name: _, ...settings } = view;
  const [text, setText] = useState(JSON.stringify(settings, null, 2));
  const [webhook, setWebhook] = useState('');
  const [secret, setSecret] = useState('');
  const [done, setDone] = useState(false);
  const isRobot = view.kind === 'custom-robot';
  const put = async () => {
    await ask(`PUT ${path}`, isRobot ? robotOf(view, { webhook, secret }) : text);
    setDone(true);
    saved();
  };
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      {isRobot ? (
        <>
          <h3>{words.newSecret}</h3>
          <Hidden id="webhook" label={words.webhook} value={webhook} set={setWebhook} />
          <Hidden id="secret" label={words.secret} value={secret} set={setSecret} />
        </>
      ) : (
        <>
          <label for="settings">{words.settings}</label>
          <textarea id="settings" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </>
      )}
      <div class="buttons">
        <Deed main name={words.save} run={put} />
      </div>
      {done && <p role="status">{words.saved}</p>}
    </form>
  );
}

/** The robot as it is registered, with what it signs by. */
function robotOf(view: DestinationView, { webhook, secret }: { webhook: string; secret: string }) {
  if (view.kind !== 'custom-robot') return view;
  const { name: _, signs: __, kind: ___, ...rest } = view;
  return { ...rest, webhook, ...(secret && { secret }) };
}
