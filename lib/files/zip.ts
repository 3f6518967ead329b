import type { Streamed } from '../dingtalk/transport/http.ts';

/**
 * A zip that stores one file uncompressed: its length is known before the first byte, as DingTalk's upload needs
 * (files.md §1.2), and no byte of it is copied. Layout: PKWARE APPNOTE 4.3.
 */
export function zipOf(fileName: string, crc32: number, file: Streamed): Streamed {
  const name = Buffer.from(fileName);
  const shared = Buffer.alloc(26);
  shared.writeUInt16LE(20, 0); // version 2.0
  shared.writeUInt16LE(0x0800, 2); // the name is UTF-8
  shared.writeUInt16LE(0x0021, 8); // 1980-01-01, the first day zip knows: the same file is the same zip
  shared.writeUInt32LE(crc32, 10);
  shared.writeUInt32LE(file.length, 14);
  shared.writeUInt32LE(file.length, 18);
  shared.writeUInt16LE(name.length, 22);

  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, name]);
  const attributes = Buffer.alloc(14); // no comment, first disk, plain file, header at offset 0
  const central = Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), Buffer.from([20, 0]), shared, attributes, name]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length + file.length, 12);
  const tail = Buffer.concat([central, Buffer.from('PK\x05\x06', 'latin1'), end]);

  return {
    length: local.length + file.length + tail.length,
    async *open() {
      yield local;
      yield* file.open();
      yield tail;
    },
  };
}
