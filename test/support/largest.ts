import * as v from 'valibot';
import { input } from '../../contract/faults.ts';
import fc from './property.ts';

/** So many inputs of each kind; the part `records` of `npm run test:all` has more. */
export const INPUTS = Number(process.env.LARGEST ?? 2);

/** Signs that take most somewhere: in UTF-8, as JSON, in an address, or once they are written the usual way. */
const SIGNS = ['字', '㌖', '\u0001', '"', '\\', '\n', '😀', '\ud800', '%', 'u', '7'];
/** Of what the contract bounds only together with all else: characters, and entries of a list. */
const MOST = { characters: 250_000, entries: 300 };

/** A value with so large a share (0 to 1) of what has no bound of its own. */
type Sized = (share: number) => unknown;
/** The same for an entry of a list: `n` tells them apart. */
type Make = (share: number, n: number) => unknown;

/** As much of a schema as its largest values follow from. */
type Node = v.GenericSchema & {
  entries?: Record<string, Node>;
  item?: Node;
  key?: Node;
  value?: Node;
  wrapped?: Node;
  options?: readonly unknown[];
  literal?: unknown;
  pipe?: readonly Node[];
  requirement?: unknown;
  examples?: readonly unknown[];
};

/** Values of a schema, all their members as large as it takes them, or nearly: of one sign, or of several. */
export function largest(schema: v.GenericSchema): fc.Arbitrary<Sized> {
  const signs = fc.constantFrom(undefined, ...SIGNS);
  return signs.chain((sign) => makes(schema as Node, sign)).map((make) => (share) => make(share, 0));
}

/** A property of a few inputs, the worst first if one is given; one that fails is told as it is, since each takes its time. */
export function forInputs<T>(
  drawn: fc.Arbitrary<T>,
  run: (input: T) => Promise<unknown>,
  worst?: T,
  numRuns = worst === undefined ? INPUTS : Math.ceil(INPUTS / 2),
) {
  const examples: [T][] = worst === undefined ? [] : [[worst]];
  const property = fc.asyncProperty(drawn, async (input) => void (await run(input)));
  return fc.assert(property, { numRuns, examples, endOnFailure: true });
}

/** The largest values of a schema, that of the widest sign first. */
export function forLargest(schema: v.GenericSchema, run: (make: Sized) => Promise<unknown>): Promise<void> {
  return forInputs(largest(schema), run, widest(schema), INPUTS);
}

/** A value of a schema, exactly at its bounds in signs of three bytes. */
export function widest(schema: v.GenericSchema): Sized {
  const [make = () => undefined] = fc.sample(makes(schema as Node, '字', true), 1);
  return (share) => make(share, 0);
}

/** What the contract makes of the largest that it takes. */
export function taken<S extends v.GenericSchema>(schema: S, make: Sized): Promise<v.InferOutput<S>> {
  const { read } = input(schema);
  return accepted(make, (value) => {
    const given = read(value);
    return 'value' in given ? given.value : undefined;
  });
}

/** What becomes of the largest that is accepted, by the contract and by what bounds it as a whole. */
export async function accepted<T>(make: Sized, accept: (value: unknown) => Promise<T | undefined> | T | undefined) {
  const whole = await accept(make(1));
  if (whole !== undefined) return whole;
  let best = await accept(make(0));
  if (best === undefined) throw new Error(`not accepted: ${JSON.stringify(make(0)).slice(0, 1_000)}`);
  for (let [low, high, step] = [0, 1, 0]; step < 6; step += 1) {
    const share = (low + high) / 2;
    const more = await accept(make(share));
    if (more === undefined) high = share;
    else [low, best] = [share, more];
  }
  return best;
}

/** Texts of so many characters, or of a few less. */
export function filled(characters: number, signs: readonly string[] = SIGNS): fc.Arbitrary<string> {
  const text = fc.record({ sign: fc.constantFrom(...signs), less: fc.nat(2) });
  return text.map(({ sign, less }) => sign.repeat(Math.max(1, Math.floor((characters - less) / sign.length))));
}

/** With `whole`, exactly at the bounds. */
function makes(node: Node, sign?: string, whole = false): fc.Arbitrary<Make> {
  const of = (inner: unknown) => makes(inner as Node, sign, whole);
  const { options = [] } = node;
  switch (node.type) {
    case 'optional':
    case 'nullable':
    case 'nullish':
      return of(node.wrapped);
    case 'variant':
      return fc.oneof(...options.map(of));
    case 'union': // the last form is the largest
      return fc.oneof(...options.slice(whole ? -1 : 0).map((one, at) => ({ arbitrary: of(one), weight: 4 ** at })));
    case 'literal':
      return fc.constant(() => node.literal);
    case 'picklist':
      return fc.constantFrom(...options).map((one) => () => one);
    case 'boolean':
      return fc.constant(() => true);
    case 'number':
      return fc.nat(2).map((less) => (_, n) => Math.max(1, (bound(node, 'max_value') ?? 2 ** 53 - 1) - less - n));
    case 'array':
      return lists(node, of(node.item), whole);
    case 'record':
      return fc.tuple(of(node.key), of(node.value)).map(([name, member]) => (share) => {
        const length = Math.floor(MOST.entries * share);
        return Object.fromEntries(Array.from({ length }, (_, n) => [name(share, n), member(share, n)]));
      });
    case 'object':
    case 'strict_object':
      return objects(node, of);
    default:
      return texts(node, sign, whole);
  }
}

/** What the parts of a pipe ask for under this name: the narrowest of them. */
function bound({ pipe = [] }: Node, type: string): number | undefined {
  const found = pipe.flatMap((part) => (part.type === type ? Number(part.requirement) : (bound(part, type) ?? [])));
  return found.length === 0 ? undefined : Math.min(...found);
}

function lists(node: Node, items: fc.Arbitrary<Make>, whole: boolean): fc.Arbitrary<Make> {
  const most = bound(node, 'max_length');
  const few = fc.constantFrom(0, ...(whole ? [] : [0, 0, 0, 1, 10]));
  return fc.tuple(items, few).map(([item, less]) => (share, n) => {
    const length = most === undefined ? Math.floor(MOST.entries * share) : Math.max(1, most - less);
    const list = Array.from({ length }, (_, at) => item(share, n * 1_000 + at));
    // a rule for all of them together may take fewer
    const shorter = [1, 0.5, 0.25, 0.1].map((part) => list.slice(0, Math.ceil(length * part)));
    return shorter.find((one) => v.is(node, one)) ?? list;
  });
}

/** All members; where a rule between them refuses that, however small they are, all but one. */
function objects(node: Node, of: (inner: unknown) => fc.Arbitrary<Make>): fc.Arbitrary<Make> {
  const members = Object.entries(node.entries ?? {}).map(([name, one]) => [name, of(one)] as const);
  return fc.tuple(fc.record(Object.fromEntries(members)), fc.nat()).map(([made, first]) => {
    const all = Object.entries(made);
    const turned = all.map((_, at) => all[(at + first) % all.length]);
    const choices = [all, ...turned.map((left) => all.filter((one) => one !== left))];
    const value = (some: typeof all, share: number, n: number) =>
      Object.fromEntries(some.map(([name, make]) => [name, make(share, n)]));
    const chosen = choices.find((some) => v.is(node, value(some, 0, 0))) ?? all;
    return (share, n) => value(chosen, share, n);
  });
}

/** Texts that hold none of the signs. */
const FORMS = ['1380000<n>', '22:00', 'Asia/Shanghai', 'application/vnd.ms-excel', 'ff0000ff'];
const ARN = 'arn:aws:sns:eu-central-1:123456789012:';

function texts(node: Node, sign: string | undefined, whole: boolean): fc.Arbitrary<Make> {
  const takes = (one: string) => textOf(node, one, { share: 0, n: 0, less: 0 }) !== undefined;
  const drawn = sign !== undefined && takes(sign) ? [sign] : SIGNS.filter(takes);
  if (drawn.length > 0)
    return fc.tuple(fc.constantFrom(...drawn), fc.nat(whole ? 0 : 2)).map(([one, less]) => (share, n) => {
      return textOf(node, one, { share, n, less }) ?? textOf(node, one, { share, n, less: 0 });
    });
  const examples = (node.pipe ?? []).flatMap((part) => part.examples ?? []);
  return fc.constant((_, n) => {
    const forms = [...examples, ...FORMS].map((form) => String(form).replace('<n>', String(n).padStart(4, '0')));
    return forms.find((form) => v.is(node, form));
  });
}

/** As many of a sign as the schema takes, after what tells it apart; undefined where it takes none. */
function textOf(node: Node, sign: string, { share, n, less }: { share: number; n: number; less: number }) {
  const free = node.type === 'unknown' ? 1_000 : 1 + Math.floor(MOST.characters * share);
  const characters = (bound(node, 'max_length') ?? free) - less;
  const bytes = (bound(node, 'max_bytes') ?? Number.POSITIVE_INFINITY) - less;
  const forms = [`${n}`, `n${n}`, `https://example.com/${n}/`, `${ARN}${n}`].flatMap((form) => {
    const room = (bytes - Buffer.byteLength(form)) / Buffer.byteLength(sign);
    const most = Math.floor(Math.min((characters - form.length) / sign.length, room));
    // what is read may be longer than what was given
    return [1, 6].map((grows) => form + sign.repeat(Math.max(0, Math.floor(most / grows))));
  });
  // a pattern may bound what nothing else does
  const shorter = forms.flatMap((form) => [ARN.length + 256, 64, 40, 20].map((length) => form.slice(0, length)));
  return [...forms, ...shorter].find((text) => text.includes(sign) && v.is(node, text));
}
