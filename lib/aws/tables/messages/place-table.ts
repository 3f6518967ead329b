import type { WaitingPlaces } from '../../../records/wait.ts';
import type { Dynamodb } from '../../dynamodb.ts';
import { changeItem, toItem } from '../item.ts';
import { acquiring, releasing } from '../lease.ts';

/** Places that are looked at before somebody is turned away: with many taken, a free one may be missed. */
const LOOKS = 3;

type Places = { name: string; most: number; now: () => number; random: () => number; randomId: () => string };

/** A number of places for what may go on at a time, each an item with a lease: whoever dies on one loses it in time. */
export function createPlaceTable(
  client: Dynamodb,
  table: string,
  { name, most, now, random, randomId }: Places,
): WaitingPlaces {
  const placeOf = (number: number) => ({ TableName: table, Key: toItem({ id: `place#${name}#${number}` }) });
  return {
    async take(until) {
      const owner = randomId();
      const first = Math.floor(random() * most);
      for (let look = 0; look < Math.min(LOOKS, most); look += 1) {
        const place = placeOf((first + look) % most);
        const lease = acquiring({ owner, until, now: now() }, { set: { ttl: Math.ceil(until / 1000) } });
        if (!(await changeItem(client, place, lease))) continue;
        return async () => void (await changeItem(client, place, releasing(owner)));
      }
      return undefined;
    },
  };
}
