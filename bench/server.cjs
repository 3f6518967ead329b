// One function behind an HTTP server, as API Gateway puts it: its bundle as argument, its address on the fourth stream.
const { createServer } = require('node:http');
const { writeSync } = require('node:fs');
const { handler } = require(process.argv[2] ?? '');

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const server = createServer(async (request, response) => {
  const [path, search = ''] = (request.url ?? '/').split('?');
  if (path === '/cpu') return response.end(String(cpu()));
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const event = {
    version: '2.0',
    routeKey: `${request.method} ${path}`,
    rawPath: path,
    headers: { authorization: 'Bearer local', ...request.headers },
    queryStringParameters: Object.fromEntries(new URLSearchParams(search)),
    body: Buffer.concat(chunks).toString('utf8'),
    isBase64Encoded: false,
    requestContext: { timeEpoch: Date.now(), http: { method: request.method, path } },
  };
  const { statusCode, headers = {}, body } = await handler(event);
  response.writeHead(statusCode, headers).end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') writeSync(3, `http://127.0.0.1:${address?.port}\n`);
});
