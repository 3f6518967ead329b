/**
 * Test files with modules that keep what they made of their environment as long as they are loaded, as a container of Lambda
 * does: handlers, and what composes their parts. Each gets a process of its own (test/imports.test.ts holds the list).
 */
export const CONTAINERS = [
  'test/cli/callback.test.ts',
  'test/functions/answer-step.test.ts',
  'test/functions/callback-flood.test.ts',
  'test/functions/deliver-message-container.test.ts',
  'test/functions/handle-event.test.ts',
  'test/functions/receive-callback.test.ts',
  'test/functions/reconcile.test.ts',
  'test/lib/compose/apps.test.ts',
  'test/lib/compose/secret.test.ts',
];
