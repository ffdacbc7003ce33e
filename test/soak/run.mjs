// npm run soak -- [--scale 1] [--no-build]
// A scale of 0.02 does a fiftieth of everything.

import { runProgram } from '../run-program.mjs'

await runProgram('soak', process.argv.slice(2), ['--expose-gc'])
