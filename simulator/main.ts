import { startSimulator } from './server.ts';

/** The simulator alone: SIMULATOR_PORT (3100), CALLBACK_URL (where events, robot messages and clicks go). */
const { SIMULATOR_PORT = '3100', CALLBACK_URL } = process.env;

try {
  const simulator = await startSimulator({
    port: Number(SIMULATOR_PORT),
    ...(CALLBACK_URL ? { callbackUrl: CALLBACK_URL } : {}),
  });
  console.log(`DingTalk simulator: ${simulator.url}`);
  const stop = () => void simulator.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
} catch (error) {
  console.error(
    error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
      ? `port ${SIMULATOR_PORT} is taken; set SIMULATOR_PORT to another`
      : error,
  );
  process.exitCode = 1;
}
