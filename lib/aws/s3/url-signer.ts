import aws4 from 'aws4';
import type { UrlSigner } from '../../files/share/share.ts';
import { addressOf, encoded, type ObjectName, type S3Address } from './object-address.ts';

/** Presigned addresses of S3, by the credentials of the environment. */
export function createUrlSigner(service: S3Address, now: () => number): UrlSigner {
  const signed = (
    request: { method: 'GET' | 'PUT'; headers?: Record<string, string> },
    name: ObjectName,
    more: Record<string, string>,
  ): string => {
    const at = new Date(now()).toISOString().replace(/[:-]|\.\d+/g, '');
    const { origin, host, path } = addressOf(service, name, { ...more, 'X-Amz-Date': at });
    const headers = { Host: host, ...request.headers };
    const { region } = service;
    return origin + aws4.sign({ ...request, headers, path, region, service: 's3', signQuery: true }).path;
  };
  return {
    async presign({ fileName, ...name }, seconds) {
      const asked = { 'response-content-disposition': dispositionOf(fileName), 'X-Amz-Expires': String(seconds) };
      return signed({ method: 'GET' }, name, asked);
    },

    async presignUpload({ size, contentType, ...name }, seconds) {
      const headers = { 'content-length': String(size), 'content-type': contentType };
      return { url: signed({ method: 'PUT', headers }, name, { 'X-Amz-Expires': String(seconds) }), headers };
    },
  };
}

/** The name for every client: RFC 6266's form, and one in ASCII for those who cannot read it. */
function dispositionOf(fileName: string): string {
  const ascii = fileName.replace(/[^\x20-\x7e]|["\\%;]/g, '_');
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded(fileName)}`;
}
