/** undici publishes no types for its deep paths; these are the same classes. */
declare module 'undici/lib/dispatcher/agent.js' {
  import { Agent } from 'undici';
  export default Agent;
}
