/** Where S3 is. */
export type S3Address = {
  region: string;
  /** An address of S3 other than AWS's own; its buckets stand in the path, and what follows its host is ignored. */
  url?: string | undefined;
};

export type ObjectName = { bucket: string; key: string; versionId?: string | undefined };

/** Where an object is: its host, and the path there with its query, encoded as S3 signs them. */
export function addressOf(
  { region, url }: S3Address,
  { bucket, key, versionId }: ObjectName,
  more: Record<string, string> = {},
): { origin: string; host: string; path: string } {
  const own = url ?? `https://s3.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
  const { protocol, host: service } = new URL(own);
  // a certificate of S3's does not hold for names with dots
  const isHost = url === undefined && !bucket.includes('.');
  const host = isHost ? `${bucket}.${service}` : service;
  const fields = Object.entries({ ...(versionId !== undefined && { versionId }), ...more });
  const query = fields.map(([name, value]) => `${name}=${encoded(value)}`).join('&');
  const path = `${isHost ? '' : `/${bucket}`}/${key.split('/').map(encoded).join('/')}`;
  return { origin: `${protocol}//${host}`, host, path: query === '' ? path : `${path}?${query}` };
}

/** As S3 encodes what it signs (RFC 3986). */
export function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
