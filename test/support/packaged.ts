import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';

const Resource = v.looseObject({ Type: v.string(), Properties: v.optional(v.record(v.string(), v.unknown()), {}) });
const Template = v.looseObject({
  Resources: v.record(v.string(), Resource),
  Outputs: v.optional(v.record(v.string(), v.looseObject({ Value: v.unknown() })), {}),
});
export type PackagedTemplate = v.InferOutput<typeof Template>;

/** What `npm run package` makes of serverless.yml for CloudFormation, without the bundles. */
export async function packaged(stage: string, region: string, params: string[] = []): Promise<PackagedTemplate> {
  const serverless = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
  const folder = mkdtempSync(join(tmpdir(), 'dingdock-package-'));
  const flags = ['--stage', stage, '--region', region, '--package', folder, ...params.map((each) => `--param=${each}`)];
  const env = { ...process.env, TEMPLATE_ONLY: '1', SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' };
  try {
    await promisify(execFile)(process.execPath, [serverless, 'package', ...flags], { env });
    return v.parse(Template, JSON.parse(readFileSync(join(folder, TEMPLATE), 'utf8')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const TEMPLATE = 'cloudformation-template-update-stack.json';
