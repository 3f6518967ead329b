/**
 * Stands in the bundles (serverless.yml) for the SDK's search for credentials: Lambda has them in the environment, and the
 * code for profiles, single sign-on and instance metadata is two fifths of a client.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
