/** A script for browsers, bundled when the function is (deploy/bundle/page-script.cjs). */
declare module '*?script' {
  const script: string;
  export default script;
}
