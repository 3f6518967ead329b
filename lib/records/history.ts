/** The first line of a history and its newest ones, within so many bytes of JSON: DynamoDB takes 400 kB an item. */
export function shortened<E>(history: E[], mostBytes: number): E[] {
  let bytes = 0;
  const from = history.findLastIndex((entry) => {
    bytes += Buffer.byteLength(JSON.stringify(entry));
    return bytes > mostBytes;
  });
  return from < 0 ? history : [...history.slice(0, 1), ...history.slice(from + 1)];
}
