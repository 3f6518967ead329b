import { type ComponentChildren, createContext } from 'preact';
import { useContext, useState } from 'preact/hooks';
import type { Grant } from '../../../contract/answers/usage.ts';
import type { DeliveryStatus } from '../../../contract/records/messages.ts';
import type { Words } from '../words/words.ts';
import type { Ask, Refused } from './api.ts';
import { type Live, refusedBy } from './live.ts';

/** `isPerson`: signed in by DingTalk, else the holder of a key. */
export type Reader = { words: Words; ask: Ask; grant: Grant; isPerson: boolean };
export const ReaderOf = createContext<Reader | undefined>(undefined);

/** Who reads the page, in which words, and what they may do. */
export function useReader() {
  const reader = useContext(ReaderOf);
  if (!reader) throw new Error('nobody reads');
  const { scopes } = reader.grant;
  return { ...reader, may: (scope: string) => scopes.includes('*') || scopes.includes(scope) };
}

const minutes = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });
/** The reader's own time. */
export const timeOf = (iso: string) => minutes.format(new Date(iso));

export function Time({ at }: { at: string }) {
  return <time dateTime={at}>{timeOf(at)}</time>;
}

const LOOKS: Partial<Record<DeliveryStatus, string>> = { sent: 'done', unknown: 'failed', expired: 'failed' };

export function Mark({ status }: { status: DeliveryStatus }) {
  return <span class={`mark ${LOOKS[status] ?? status}`}>{useReader().words.status[status]}</span>;
}

/** Why something did not work, and every fault of what was filled in. */
export function Trouble({ words, refused: { problem } }: { words: Words; refused: Refused }) {
  const { code, remedy = '', errors = [] } = problem;
  if (!code) return <Alert>{words.silent}</Alert>;
  if (code !== 'invalid_request')
    return (
      <Alert>
        {words.wrong}
        <Said words={words} code={code} text={errors.length === 1 ? errors[0]?.message : remedy} />
      </Alert>
    );
  return (
    <Alert>
      {words.faults}
      <ul lang="en">
        {errors.map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            <code>{path}</code> {message}
          </li>
        ))}
      </ul>
    </Alert>
  );
}

const Alert = ({ children }: { children: ComponentChildren }) => (
  <div class="note bad" role="alert">
    {children}
  </div>
);

/** A code and what the API says of it. What DingTalk says stands as it is, in either language. */
export function Said({
  words,
  code = '',
  text = '',
}: {
  words: Words;
  code?: string | undefined;
  text?: string | undefined;
}) {
  const said = words.told(code, text);
  return (
    <p lang={/\p{Script=Han}/u.test(said) ? 'zh-CN' : 'en'}>
      {code && <code>{code}</code>} {said}
    </p>
  );
}

/** What was loaded, in its place. */
export function Shown<T>({ live, children }: { live: Live<T>; children: (value: T) => ComponentChildren }) {
  const { words } = useReader();
  if (live.refused) return <Trouble words={words} refused={live.refused} />;
  return <>{live.value === undefined ? <p role="status">{words.loading}</p> : children(live.value)}</>;
}

type DeedProps = { name: string; run: () => Promise<unknown>; main?: boolean };

/** A button that does something once, and says why it could not. */
export function Deed({ name, run, main = false }: DeedProps) {
  const { words } = useReader();
  const [refused, setRefused] = useState<Refused>();
  const [busy, setBusy] = useState(false);
  const press = async () => {
    setBusy(true);
    setRefused(undefined);
    await run().catch((error: unknown) => setRefused(refusedBy(error)));
    setBusy(false);
  };
  return (
    <>
      <button type="button" class={main ? 'done' : ''} disabled={busy} onClick={press}>
        {name}
      </button>
      {refused && <Trouble words={words} refused={refused} />}
    </>
  );
}

type HiddenProps = { id: string; label: string; value: string; set: (value: string) => void; required?: boolean };

/** What is typed and not shown. */
export function Hidden({ id, label, value, set, required = false }: HiddenProps) {
  return (
    <>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="password"
        autocomplete="off"
        required={required}
        value={value}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </>
  );
}

/** To another view. */
export function go(view: string): void {
  location.hash = view;
}
