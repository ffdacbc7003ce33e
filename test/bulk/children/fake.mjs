// A worker that does what the name of the image says, in place of searching it. It tells its number, so that a test sees which
// of them has answered.
import { appendFileSync } from 'node:fs'

/** @param {object} reply */
const answer = (reply) => process.send?.(reply)

process.on('message', ({ type, setup, job }) => {
  if (type === 'start') {
    const { refuse, log, endAtStart } = setup.options
    if (log) appendFileSync(log, `${process.pid}\n`)
    if (endAtStart) process.exit(3)
    answer(refuse ? { type: 'refused', code: 'MISSING_DEPENDENCY', message: 'npm install it' } : { type: 'ready' })
    return
  }
  const [what, where] = job.name.split(' ')
  switch (what) {
    case 'hang':
      return
    case 'spin':
      for (;;);
    case 'end':
      process.stderr.write('some words\nFATAL ERROR: out of memory\n', () => process.exit(7))
      return
    case 'kill':
      process.kill(process.pid, 'SIGKILL')
      return
    case 'kill-once':
      try {
        appendFileSync(where, '', { flag: 'ax' })
      } catch {
        break
      }
      process.kill(process.pid, 'SIGKILL')
      return
    case 'hopeless':
      answer({ type: 'hopeless', message: 'the disk is full' })
      return
  }
  answer({ type: 'done', answer: { line: { file: job.name, width: process.pid, height: 1, faces: [] } } })
})
process.on('disconnect', () => process.exit())
