import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    aws: string;
  }
}

/** Starts AWS on a free port, in one process for all tests. moto has to know its port: its Step Functions call themselves there. */
export default async function setup(project: TestProject) {
  const port = await freePort();
  const child = spawn('python3', ['test/cloud/aws.py', String(port)], { stdio: ['ignore', 'ignore', 'pipe'] });
  const url = `http://127.0.0.1:${port}`;
  // it says so on stderr when it listens
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (/Running on/.test(said)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`test/cloud/aws.py ended with ${code}:\n${said}`)));
  });
  project.provide('aws', url);
  return async () => {
    // a judge that ran nothing is not to look like one that found nothing
    const all = project.vitest.state.getTestModules().filter(({ project: of }) => of.name === project.name);
    const states = all.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const skipped = states.filter((state) => state === 'skipped').length;
    console.log(`cloud: ${states.length - skipped} run, ${skipped} skipped`);
    child.removeAllListeners('exit');
    child.kill();
    await once(child, 'exit');
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}
