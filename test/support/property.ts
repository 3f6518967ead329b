import fc from 'fast-check';

/**
 * fast-check with one seed for the whole suite, so that a run depends on nothing but the tree: `SEED=<n> npm test` takes
 * other values, as the scheduled run of .github/workflows/chance.yml does every night.
 */
fc.configureGlobal({ seed: Number(process.env.SEED ?? 20_261_129) });

export default fc;
