/** One fault of a request, and where it stands. */
export type Fault = { path: string; code: string; message: string };

type Told = {
  /** The HTTP status; 0 where nothing answered. */
  status: number;
  code: string;
  remedy?: string | undefined;
  errors?: Fault[] | undefined;
  cause?: unknown;
};

/** What the API refused, or that it did not answer. Decide on `code`, which is stable; the words are not. */
export class DingdockError extends Error {
  override readonly name = 'DingdockError';
  readonly status: number;
  readonly code: string;
  /** What a person can do. */
  readonly remedy: string | undefined;
  /** Every fault of the request. */
  readonly errors: readonly Fault[];

  constructor(message: string, { status, code, remedy, errors = [], cause }: Told) {
    super(message, { cause });
    this.status = status;
    this.code = code;
    this.remedy = remedy;
    this.errors = errors;
  }
}

/** A problem document (RFC 9457) as an error; what is none, such as a proxy's page, by its status. */
export function problemOf({ status }: { status: number }, text: string): DingdockError {
  const { code, title, remedy, errors }: Record<string, unknown> = Object(parsed(text));
  const faults: Fault[] = Array.isArray(errors) ? errors : [];
  const said = typeof title === 'string' ? title : `HTTP ${status}`;
  const message = [said, ...faults.map((fault) => `${fault.path}: ${fault.message}`)].join('; ');
  return new DingdockError(message, {
    status,
    code: typeof code === 'string' ? code : `http_${status}`,
    ...(typeof remedy === 'string' && { remedy }),
    errors: faults,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
