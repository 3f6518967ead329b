import { policyHash } from '../../lib/base/hash.ts';
import { Html, html, type Part } from '../../lib/base/html.ts';
import { IN_ALL_LANGUAGES, LANGUAGES, tried } from './examples.ts';
import { INTRO } from './intro.ts';
import { STYLE } from './page-style.ts';
import type { Described, Field, Reference, Schema } from './reference.ts';

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'public, max-age=300',
  'content-security-policy': `default-src 'none'; style-src ${policyHash(STYLE)}; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** `GET /docs`: the reference as one page, without a script, that asks nothing of any other host. */
export function docsPage({ title, version, words, groups, schemas }: Reference) {
  const body = html`<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title} ${version}: API</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<nav aria-label="Contents"><strong>${title} ${version}</strong>
${groups.map((group) => html`<h2>${group.title}</h2><ul>${group.operations.map(entry)}</ul>`)}
<h2>Schemas</h2><ul>${schemas.map(({ name }) => html`<li><a href="#${name}">${name}</a></li>`)}</ul></nav>
<main><h1>${title}: API</h1><p>${words} For programs: <a href="openapi.json">openapi.json</a>.</p>
<ul>${INTRO.map(([of, said]) => html`<li><strong>${of}.</strong> ${marked(said)}</li>`)}</ul>
${groups.map((group) => html`<h2>${group.title}</h2><p>${group.words}</p>${group.operations.map(operation)}`)}
<h2>Schemas</h2>${schemas.map(schema)}</main>
</body>
</html>
`;
  return { status: 200, headers: { ...HEADERS }, body: body.markup };
}

function entry({ id, method, path }: Described): Html {
  return html`<li><a href="#${id}"><code>${method}</code> ${path}</a></li>`;
}

function operation({ id, method, path, summary, words, scope, parameters, body, answers }: Described): Html {
  const key = { none: 'No key is asked for.', any: 'Any key.' }[scope];
  return html`<section id="${id}"><h3><code class="method">${method}</code> ${path}</h3>
<p>${summary}. ${marked(words)} ${key ?? html`Scope <code>${scope}</code>.`}</p>
${parameters.length > 0 ? table(parameters, `Parameters of ${method} ${path}`) : undefined}
${body ? html`<p>Body: ${linked(body.schema)}.</p>${body.examples.map((each) => example({ id, method, path }, each))}` : undefined}
<ul>${answers.map(({ status, words: of, schema: as = '' }) => html`<li><strong>${status}</strong> ${marked(of)}${as === '' ? '' : html`: ${linked(as)}`}</li>`)}</ul></section>`;
}

type Of = Pick<Described, 'id' | 'method' | 'path'>;

function example({ id, method, path }: Of, { name, value }: { name: string; value: Record<string, unknown> }): Html {
  const languages = id === IN_ALL_LANGUAGES ? LANGUAGES : LANGUAGES.slice(0, 1);
  return html`<details><summary>Example: ${name}</summary>
${languages.map(({ title, write }) => html`<h4>${title}</h4><pre tabindex="0" aria-label="${name} in ${title}">${write({ method, path: tried(path), body: value })}</pre>`)}</details>`;
}

function schema({ name, words, forms, fields }: Schema): Html {
  const oneOf =
    forms.length > 0 ? html` One of: ${forms.map((form, index) => [index > 0 ? ', ' : '', linked(form)])}.` : undefined;
  return html`<section id="${name}"><h3>${name}</h3><p>${marked(words)}${oneOf}</p>
${fields.length > 0 ? table(fields, `Fields of ${name}`) : undefined}</section>`;
}

function table(fields: readonly Field[], caption: string): Html {
  return html`<div class="wide" tabindex="0" role="region" aria-label="${caption}"><table><tr><th scope="col">field</th><th scope="col">type</th><th scope="col">meaning</th></tr>
${fields.map(({ name, type, needed, words, example: such }) => html`<tr><td><code>${name}</code>${needed ? ' needed' : undefined}</td><td>${linked(type)}</td><td>${marked(words)}${such === undefined ? undefined : html` Such as <code>${such}</code>.`}</td></tr>`)}</table></div>`;
}

/** Words with code in backticks. */
function marked(text: string): Part {
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}

/** A type: names of schemas as links. */
function linked(type: string): Part {
  return type.split(/\[(\w+)\]/).map((part, index) => (index % 2 === 1 ? html`<a href="#${part}">${part}</a>` : part));
}
