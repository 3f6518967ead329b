import { once } from '../base/once.ts';

/** Bounds of one template: signs of its source, milliseconds, and what it may allocate. */
const LIMITS = { parseLimit: 4_000, renderLimit: 200, memoryLimit: 2_000_000 };
const MOST_OUTPUT = 20_000;

const none = {
  exists: async () => false,
  existsSync: () => false,
  readFile: refuse,
  readFileSync: refuse,
  resolve: (_: string, file: string) => file,
};

function refuse(): never {
  throw new Error('a template reads no other files');
}

/** Loaded with the first template: few requests have one. */
const engine = once(async () => {
  const { Liquid } = await import('liquidjs');
  return new Liquid({ ...LIMITS, fs: none, ownPropertyOnly: true, strictFilters: true, cache: 100 });
});

/**
 * What a template makes of a body; its members are variables, and all of it is `body`.
 * @throws Error with what is wrong with the template, or what it took too much of
 */
export async function fillTemplate(template: string, body: unknown): Promise<string> {
  const members = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
  const liquid = await engine();
  const text: unknown = await liquid.parseAndRender(template, { ...members, body });
  const made = String(text);
  if (made.length > MOST_OUTPUT)
    throw new Error(`the template makes ${made.length} signs; ${MOST_OUTPUT} are the most`);
  return made;
}
