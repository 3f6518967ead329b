import { crc32, deflateSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import * as v from 'valibot';

const Drawn = v.object({ width: v.number(), height: v.number(), base64: v.string() });
const MOST = 64;

/** The same PNG with at most 64 colours, each as near as they come: a third of the size, and letters as sharp. */
export async function fewColours(browser: Browser, picture: Buffer): Promise<Buffer> {
  const { width, height, base64 } = await pixelsOf(browser, picture);
  const pixels = Buffer.from(base64, 'base64');
  const colourAt = (at: number) => pixels.readUInt32BE(at * 4);
  const times = new Map<number, number>();
  for (let at = 0; at < width * height; at += 1) times.set(colourAt(at), (times.get(colourAt(at)) ?? 0) + 1);
  const palette = [...times].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  const kept = palette.slice(0, MOST);
  const place = new Map(palette.map((colour, at) => [colour, at < MOST ? at : nearest(kept, colour)]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let row = 0; row < height; row += 1)
    for (let x = 0; x < width; x += 1) rows[row * (width + 1) + 1 + x] = place.get(colourAt(row * width + x)) ?? 0;
  const head = Buffer.from([...bytesOf(width), ...bytesOf(height), 8, 3, 0, 0, 0]);
  const parts: [string, Buffer][] = [
    ['IHDR', head],
    ['PLTE', Buffer.from(kept.flatMap((colour) => bytesOf(colour).slice(0, 3)))],
    ['tRNS', Buffer.from(kept.map((colour) => colour & 0xff))],
    ['IDAT', deflateSync(rows, { level: 9 })],
    ['IEND', Buffer.alloc(0)],
  ];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts.map(([name, data]) => chunk(name, data))]);
}

/** Red, green, blue and how opaque, of each pixel, as the browser reads the picture. */
async function pixelsOf(browser: Browser, picture: Buffer) {
  const page = await browser.newPage();
  const read = `(async () => {
    const image = await createImageBitmap(await (await fetch('data:image/png;base64,${picture.toString('base64')}')).blob());
    const { width, height } = image;
    const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
    context.drawImage(image, 0, 0);
    const bytes = context.getImageData(0, 0, width, height).data;
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return { width, height, base64: btoa(text) };
  })()`;
  const drawn = v.parse(Drawn, await page.evaluate(read));
  await page.close();
  return drawn;
}

function nearest(kept: readonly number[], colour: number): number {
  const far = (other: number) => {
    const [a, b] = [bytesOf(colour), bytesOf(other)];
    return a.reduce((sum, one, at) => sum + (one - (b[at] ?? 0)) ** 2, 0);
  };
  const distances = kept.map(far);
  return distances.indexOf(Math.min(...distances));
}

function bytesOf(number: number): number[] {
  return [number >>> 24, (number >>> 16) & 0xff, (number >>> 8) & 0xff, number & 0xff];
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  return Buffer.concat([Buffer.from(bytesOf(data.length)), body, Buffer.from(bytesOf(crc32(body)))]);
}
