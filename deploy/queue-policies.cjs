// A policy for each queue: nothing without TLS. The bucket may send to the queue of uploads.

const { queues } = require('./template.cjs');

const arn = (id) => ({ 'Fn::GetAtt': [id, 'Arn'] });

const tlsOnly = (id) => ({
  Sid: 'TlsOnly',
  Effect: 'Deny',
  Principal: '*',
  Action: 'sqs:*',
  Resource: arn(id),
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

const fromBucket = {
  Sid: 'FromBucket',
  Effect: 'Allow',
  Principal: { Service: 's3.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: arn('UploadsQueue'),
  Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
};

const policyOf = (id) => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: id }],
    PolicyDocument: { Version: '2012-10-17', Statement: [tlsOnly(id), ...(id === 'UploadsQueue' ? [fromBucket] : [])] },
  },
});

module.exports = { Resources: Object.fromEntries(queues.map((id) => [`${id}Policy`, policyOf(id)])) };
