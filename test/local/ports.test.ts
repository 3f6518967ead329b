import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { claimPorts } from '../../local/ports.ts';
import { HOST, LocalProblem, readPorts } from '../../stage/local-ports.ts';

const ANY = { api: 0, simulator: 0, aws: 0, dynamodb: 0, lambda: 0 };

test('reads ports from the environment and reports every bad one', () => {
  expect(readPorts({ API_PORT: '4000', LAMBDA_PORT: '' })).toMatchObject({ api: 4000, lambda: 3002, simulator: 3100 });
  expect(() => readPorts({ API_PORT: 'x', DYNAMODB_PORT: '70000' })).toThrow(
    new LocalProblem('API_PORT=x is not a port number\nDYNAMODB_PORT=70000 is not a port number'),
  );
});

test('finds five different free ports', async () => {
  const ports = Object.values(await claimPorts(ANY));
  expect(new Set(ports).size).toBe(5);
  // below those that the system gives to whoever connects somewhere
  expect(ports.filter((port) => !(port >= 7_000 && port < 10_000))).toEqual([]);
});

test('says which parts want the same port, of those that are used', async () => {
  await expect(claimPorts({ ...ANY, api: 4321, simulator: 4321 })).rejects.toThrow(
    'Port 4321 is wanted twice: give each its own, API_PORT (the HTTP API) and SIMULATOR_PORT (the DingTalk simulator)',
  );
  const [, free] = Object.values(await claimPorts(ANY));
  const ports = { ...ANY, api: free ?? 0, simulator: free ?? 0 };
  await expect(claimPorts(ports, ['simulator'])).resolves.toMatchObject({ api: free });
});

test('says which port is taken, what wanted it and how to change it', async () => {
  const other = createServer().listen(0, HOST);
  await once(other, 'listening');
  const address = other.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  try {
    const claim = claimPorts({ ...ANY, aws: port });
    await expect(claim).rejects.toThrow(LocalProblem);
    await expect(claim).rejects.toThrow(
      new RegExp(`^Port ${port} for the S3 and SQS emulator is in use by another program\\. .*AWS_EMULATOR_PORT=\\d+$`),
    );
    await expect(claimPorts({ ...ANY, aws: port }, ['aws'])).resolves.toMatchObject({ aws: port });
  } finally {
    other.close();
  }
});
