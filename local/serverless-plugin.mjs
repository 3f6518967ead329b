// Fits `serverless offline` to this machine. Idle in every other command: it acts only when local/functions.ts says so.
//
// serverless-offline hands CloudFormation references ({ Ref: OutboxQueue }) to functions as they stand, so the local
// values come in from outside. The bundles get a folder of their own, so that two stacks never write the same file.

export default class LocalPlugin {
  hooks = {};

  constructor(serverless) {
    if (process.env.LOCAL_STACK === undefined) return;
    this.hooks = {
      initialize: () => fit(serverless.service, JSON.parse(process.env.LOCAL_STACK)),
      // After a bundle that failed esbuild would keep the process alive; it has its output still to write.
      error: () => void setTimeout(() => process.exit(1), 300),
    };
    // Without its parent this process has nobody to serve; it would only keep the ports.
    process.on('disconnect', () => process.exit(1));
    process.channel?.unref();
  }
}

function fit(service, { environment, buildDir, watch }) {
  service.provider.environment = environment.provider;
  for (const [name, values] of Object.entries(environment.functions)) {
    service.getFunction(name).environment = values;
  }
  const { esbuild } = service.custom;
  Object.assign(esbuild, { outputWorkFolder: buildDir, watch: { ...esbuild.watch, pattern: watch } });
}
