import type { AttributeValue } from '@aws-sdk/client-dynamodb';

const NESTED = 3;
const MEMBER = 1;

/** How large DynamoDB takes an item for, in bytes: names and values, three more for what holds others, and one for each of those. */
export function sizeOf(item: Record<string, AttributeValue>): number {
  return sum(Object.entries(item).map(([name, value]) => Buffer.byteLength(name) + valueSize(value)));
}

function valueSize({ S, N, B, L, M, SS, NS }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return numberSize(N);
  if (B !== undefined) return B.byteLength;
  if (L !== undefined) return NESTED + sum(L.map((each) => MEMBER + valueSize(each)));
  if (M !== undefined) return NESTED + MEMBER * Object.keys(M).length + sizeOf(M);
  return 1 + sum((SS ?? []).map((text) => Buffer.byteLength(text))) + sum((NS ?? []).map(numberSize));
}

/** About a byte for two digits, and one more. */
const numberSize = (digits: string) => Math.ceil(digits.length / 2) + 1;

const sum = (sizes: number[]) => sizes.reduce((all, size) => all + size, 0);
