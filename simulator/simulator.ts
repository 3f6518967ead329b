/** What the package `dingtalk-simulator` offers; everything else in this folder is its own affair. */
export { type ClientKind, simulatedClient } from './client.ts';
export { commandLine } from './command-line.ts';
export { explain, optionsOf } from './options.ts';
export { type Simulator, type SimulatorOptions, startSimulator } from './server.ts';
export { cardSign, decryptEvent, encryptEvent, eventSignature, robotSign } from './world/crypto.ts';
export type { Fixtures } from './world/own-world.ts';
export type { Settings } from './world/settings.ts';
