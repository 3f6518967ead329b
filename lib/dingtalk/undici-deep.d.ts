/** undici publishes no types for its deep paths; these are the same classes. */
declare module 'undici/lib/dispatcher/agent.js' {
  import { Agent } from 'undici';
  export default Agent;
}
declare module 'undici/lib/api/api-request.js' {
  import type { Dispatcher } from 'undici';

  /** `Dispatcher.request`, for the dispatcher that is its `this`. */
  const request: Dispatcher['request'];
  export default request;
}
