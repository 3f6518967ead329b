/**
 * Stands in the bundles (serverless.yml) for `node:http2`, which undici loads in any case and may find missing: DingTalk is
 * called by HTTP/1.1, and loading the other takes as long as undici itself.
 */
export const constants = {};
export default { constants };
