// A policy for each queue: nothing without TLS. The stage's bucket, and no other of the account, may send to the queue of uploads.

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

/** By the bucket's name, since the bucket waits for this policy. */
const fromBucket = (bucket) => ({
  Sid: 'FromBucket',
  Effect: 'Allow',
  Principal: { Service: 's3.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: arn('UploadsQueue'),
  Condition: {
    StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
    ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::', bucket]] } },
  },
});

const policyOf = (id, bucket) => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: id }],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [tlsOnly(id), ...(id === 'UploadsQueue' ? [fromBucket(bucket)] : [])],
    },
  },
});

module.exports = async ({ resolveVariable }) => {
  const bucket = await resolveVariable('param:bucket');
  return { Resources: Object.fromEntries(queues.map((id) => [`${id}Policy`, policyOf(id, bucket)])) };
};
