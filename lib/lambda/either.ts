/** One Lambda behind an HTTP API and behind what brings records: a queue or a topic. */
export function eitherHandler<E extends object, A, R extends { Records: unknown }, O, C>(
  http: (event: E) => Promise<A>,
  records: (event: R, context?: C) => Promise<O>,
) {
  return async (event: E | R, context?: C): Promise<A | O> =>
    isOfRecords(event) ? records(event, context) : http(event);
}

function isOfRecords<E extends object, R extends { Records: unknown }>(event: E | R): event is R {
  return 'Records' in event;
}
