import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    aws: string;
  }
}

/** Starts AWS on a free port, in one process for all tests. */
export default async function setup(project: TestProject) {
  const child = spawn('python3', ['test/cloud/aws.py', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  // it says on stderr where it listens
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const [, address] = /Running on (http:\S+)\s/.exec(said) ?? [];
      if (address !== undefined) resolve(address);
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
