/** Where the end-to-end tests leave what the functions asked of AWS: a line of JSON each, `[function, action, ARN]`. */
export const AWS_CALLS_FILE = '.local/test/aws-calls.ndjson';
