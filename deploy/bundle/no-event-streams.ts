/**
 * Stands in the bundles (serverless.yml) for the SDK's event streams, which no call of this project has. Their code refers
 * to most of the SDK by a late import, for which the bundler makes a function to be run of each of 150 files.
 */
export class EventStreamSerde {}
export const eventStreamSerdeProvider = () => undefined;
export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;
