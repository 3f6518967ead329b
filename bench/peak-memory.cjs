// The most memory that this process ever held, in kB. What Node tells begins with what its parent held; Linux knows better.
const { readFileSync } = require('node:fs');

exports.peakKb = () => {
  try {
    const [, kB] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kB !== undefined) return Number(kB);
  } catch {
    // no Linux
  }
  return process.resourceUsage().maxRSS;
};
