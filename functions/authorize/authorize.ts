/** The parts of a key that decide. */
type ApiKey = { name: string; expiresAt?: string | undefined };

export type AuthorizeDeps = { keys: { find(key: string): Promise<ApiKey | undefined> }; now: () => number };

/** Who holds the key of an `Authorization: Bearer <key>` header; undefined when nobody does. */
export async function authorize({ keys, now }: AuthorizeDeps, authorization: string): Promise<string | undefined> {
  const key = /^Bearer ([\x21-\x7e]{1,256})$/i.exec(authorization)?.[1];
  const found = key === undefined ? undefined : await keys.find(key);
  if (!found || (found.expiresAt !== undefined && Date.parse(found.expiresAt) <= now())) return undefined;
  return found.name;
}
