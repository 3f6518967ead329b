import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { summed } from '../../../lib/files/held.ts';
import { zipOf } from '../../../lib/files/zip.ts';
import fc from '../../support/property.ts';

async function all(chunks: AsyncIterable<Uint8Array>) {
  const parts = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

test('another implementation finds the file in the zip, and the length was known beforehand', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.stringMatching(/^[\p{L}\d ._-]{1,40}$/u),
      fc.uint8Array({ maxLength: 2000 }),
      async (name, bytes) => {
        const file = {
          length: bytes.length,
          isHeld: false,
          async *open() {
            yield bytes;
          },
        };
        const zip = zipOf(name, (await summed(file, { forZip: true })).crc32, file);
        const written = await all(zip.open());
        expect(written.length).toBe(zip.length);
        // names as they stand in the zip: an object has no key for one such as __proto__
        const names: string[] = [];
        const found = unzipSync(written, {
          filter(inside) {
            names.push(inside.name);
            return true;
          },
        });
        expect(names).toEqual([name]);
        expect(found[name]).toEqual(new Uint8Array(bytes));
      },
    ),
    { examples: [['__proto__', new Uint8Array([1, 2])]] },
  );
});
