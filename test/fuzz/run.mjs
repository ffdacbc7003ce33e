// npm run fuzz -- [--seed N] [--seconds 60] [--only NAME [--path PATH]] [--no-build]
// A seed repeats the cases of a run; with the name of a property and the path that a failure prints, the one case.

import { runProgram } from '../run-program.mjs'

await runProgram('fuzz', process.argv.slice(2), [])
