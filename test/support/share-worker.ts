import { shareFile } from '../../lib/files/share/share-file.ts';
import { shareDeps } from './share-world.ts';

/** A process that shares one object, for tests that kill it: `node share-worker.ts <world> <notification>`. */
const [world = '', notification = ''] = process.argv.slice(2);
const { deps } = await shareDeps(JSON.parse(world));
await shareFile(deps, JSON.parse(notification));
