// What a stage chose, for its stack to keep: the output `Settings`, which the next `dingdock deploy` reads. `dingdock
// deploy` gives it as the parameter `chosen`. Where the framework deploys alone, it is what differs from the defaults.

const { SETTINGS, writeChosen } = require('./settings.ts');

module.exports = async ({ resolveVariable }) => {
  const given = await resolveVariable('param:chosen');
  if (given !== '') return { chosen: given };
  const entries = await Promise.all(
    Object.keys(SETTINGS).map(async (name) => [name, await resolveVariable(`param:${name}`)]),
  );
  const own = entries.filter(([name, value]) => typeof value !== 'object' && String(value) !== SETTINGS[name].standard);
  return { chosen: writeChosen(Object.fromEntries(own.map(([name, value]) => [name, String(value)]))) };
};
