import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';

const Resource = v.looseObject({ Type: v.string(), Properties: v.optional(v.record(v.string(), v.unknown()), {}) });
const Template = v.looseObject({
  Resources: v.record(v.string(), Resource),
  Conditions: v.optional(v.record(v.string(), v.unknown()), {}),
  Outputs: v.optional(v.record(v.string(), v.looseObject({ Value: v.unknown() })), {}),
});
export type PackagedTemplate = v.InferOutput<typeof Template>;

/** What packaging reads beside serverless.yml. */
const PARTS = ['deploy', 'local', 'functions', 'package.json', 'node_modules'];

/** What `npm run package` makes of serverless.yml for CloudFormation, without the bundles. */
export async function packaged(stage: string, region: string, params: string[] = []): Promise<PackagedTemplate> {
  const serverless = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
  // The framework works in a folder beside serverless.yml: one of its own for each that runs.
  const folder = mkdtempSync(join(tmpdir(), 'dingdock-package-'));
  const flags = ['--stage', stage, '--region', region, ...params.map((each) => `--param=${each}`)];
  const env = { ...process.env, TEMPLATE_ONLY: '1', SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' };
  try {
    copyFileSync('serverless.yml', join(folder, 'serverless.yml'));
    for (const part of PARTS) symlinkSync(resolve(part), join(folder, part));
    await promisify(execFile)(process.execPath, [serverless, 'package', ...flags], { cwd: folder, env });
    return v.parse(Template, JSON.parse(readFileSync(join(folder, TEMPLATE), 'utf8')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const TEMPLATE = '.serverless/cloudformation-template-update-stack.json';
