import { useState } from 'preact/hooks';
import type { SourceList, SourcePreview, SourceView } from '../../../contract/answers/sources.ts';
import { useLive } from './live.ts';
import { Deed, Said, Shown, useReader } from './parts.tsx';

export function Sources() {
  const { words, ask } = useReader();
  const live = useLive(() => ask<SourceList>('GET /sources'), 'sources');
  return (
    <section>
      <h2>{words.sources}</h2>
      <Shown live={live}>
        {({ items }) => (
          <ul>
            {items.map(({ name, kind, to }) => (
              <li key={name}>
                <a href={`#/s/${encodeURIComponent(name)}`}>
                  <strong dir="auto">{name}</strong> <code>{kind}</code> {words.leadsTo(to.join(', '))}
                </a>
              </li>
            ))}
            {items.length === 0 && <li>{words.nothing}</li>}
          </ul>
        )}
      </Shown>
    </section>
  );
}

/** A source: what came by it, and what a body would become. */
export function Source({ name }: { name: string }) {
  const { words, ask } = useReader();
  const path = `/sources/${encodeURIComponent(name)}`;
  const live = useLive(() => ask<SourceView>(`GET ${path}`), path);
  return (
    <section>
      <h2 dir="auto">{name}</h2>
      <Shown live={live}>
        {({ kind, to, address, seen }) => (
          <>
            <p>
              <code>{kind}</code> {words.leadsTo(to.join(', '))}
            </p>
            <p>
              <code>{address}</code>
            </p>
            {seen && <p>{words.seen(seen.received, seen.refused)}</p>}
            {seen?.lastProblem && (
              <div class="note bad">
                <Said words={words} code={seen.lastProblem.code} text={seen.lastProblem.reason} />
              </div>
            )}
            <Preview path={path} />
          </>
        )}
      </Shown>
    </section>
  );
}

function Preview({ path }: { path: string }) {
  const { words, ask } = useReader();
  const [body, setBody] = useState('');
  const [preview, setPreview] = useState<SourcePreview>();
  return (
    <>
      <h3>{words.preview}</h3>
      <p>{words.previewNote}</p>
      <label for="body">{words.body}</label>
      <textarea id="body" value={body} onInput={(event) => setBody(event.currentTarget.value)} />
      <div class="buttons">
        <Deed
          name={words.preview}
          run={async () => setPreview(await ask<SourcePreview>(`POST ${path}/preview`, body))}
        />
      </div>
      <div role="status">
        {preview?.note && <p lang="en">{preview.note}</p>}
        {preview?.messages.map(({ title, text, to, bytes, calls }) => (
          <blockquote key={`${title} ${text}`}>
            <strong>{title}</strong>
            <p class="text" dir="auto">
              {text}
            </p>
            <small>
              {words.leadsTo(to.join(', '))} · {words.costs(bytes, calls)}
            </small>
          </blockquote>
        ))}
      </div>
    </>
  );
}
