// serverless.yml as it stands there, for what is made of its parts: a policy and alarms for each of its queues.

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse } = require('yaml');

const { functions, resources } = parse(readFileSync(join(__dirname, '..', 'serverless.yml'), 'utf8'), {
  logLevel: 'error',
});
const all = Object.assign({}, ...resources.map((part) => part.Resources ?? {}));

/** Logical ids of the queues. */
const queues = Object.keys(all).filter((id) => all[id].Type === 'AWS::SQS::Queue');

module.exports = { functions, queues, deadLetters: queues.filter((id) => id.endsWith('DeadLetters')) };
