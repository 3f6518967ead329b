// The most memory that this process ever held, in kB. What Node tells begins with what its parent held; Linux knows better.
const { readFileSync } = require('node:fs');

exports.peakKb = () => {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
};
