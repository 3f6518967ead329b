// Takes over tables and a bucket that an earlier stage left, in the same change as the rest: CloudFormation does so for
// a change set that asks for it, and the framework has no setting for that. `dingdock deploy` switches it on.

module.exports = class {
  constructor(serverless) {
    this.hooks = {};
    if (process.env.DINGDOCK_ADOPT !== '1') return;
    this.hooks['before:aws:deploy:deploy:updateStack'] = () => {
      const deploy = serverless.pluginManager.plugins.find(
        (each) => typeof each.getCreateChangeSetParams === 'function',
      );
      const params = deploy.getCreateChangeSetParams.bind(deploy);
      deploy.getCreateChangeSetParams = (given) => ({ ...params(given), ImportExistingResources: true });
      serverless.service.provider.deploymentMethod = 'changesets';
    };
  }
};
