import type { APIGatewayProxyEventV2, SQSEvent } from 'aws-lambda';

/** An HTTP API event (payload 2.0) as API Gateway sends it. */
export function httpEvent(
  routeKey: string,
  over: {
    body?: string;
    isBase64Encoded?: boolean;
    headers?: Record<string, string>;
    pathParameters?: Record<string, string>;
  } = {},
): APIGatewayProxyEventV2 {
  const [method = 'GET', rawPath = '/'] = routeKey.split(' ');
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    isBase64Encoded: false,
    requestContext: {
      accountId: '000000000000',
      apiId: 'test',
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'test',
      routeKey,
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: 1767225600000,
    },
    ...over,
  };
}

type GivenRecord = { id: string; body: string; group?: string; receives?: number; sentAt?: number };

/** An SQS event of these bodies; on a FIFO queue each has its group. */
export function sqsEvent(records: GivenRecord[]): SQSEvent {
  return {
    Records: records.map(({ id, body, group, receives = 1, sentAt = Date.now() }) => ({
      messageId: id,
      receiptHandle: `handle-${id}`,
      body,
      attributes: {
        ApproximateReceiveCount: String(receives),
        SentTimestamp: String(sentAt),
        SenderId: '000000000000',
        ApproximateFirstReceiveTimestamp: '1767225600000',
        ...(group !== undefined && { MessageGroupId: group }),
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue',
      awsRegion: 'us-east-1',
    })),
  };
}
