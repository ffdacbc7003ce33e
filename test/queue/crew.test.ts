import { expect, it } from 'vitest'
import { failedLine, foundLine, type Line } from '../../src/bulk/line.ts'
import type { PoolSettings } from '../../src/bulk/pool.ts'
import { PoolCrew } from '../../src/queue/crew.ts'

/** Pools that answer when they are told to. */
function pools(answer: (name: string) => Line) {
  const log: string[] = []
  const waiting: (() => void)[] = []
  const startPool = async ({ workers, setup }: PoolSettings) => {
    const title = JSON.stringify(setup.options)
    log.push(`start ${title}`)
    return {
      size: workers,
      run: ({ name }: { name: string }) =>
        new Promise<{ line: Line }>((resolve) => {
          log.push(`${name} in ${title}`)
          waiting.push(() => resolve({ line: answer(name) }))
        }),
      close: () => void log.push(`close ${title}`),
    }
  }
  return { log, startPool, release: () => waiting.splice(0).forEach((done) => void done()) }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

it('names images as the queue does, wherever they lie on this machine, also in messages', async () => {
  const { startPool, release } = pools((name) =>
    name.endsWith('bad.jpg')
      ? failedLine(name, 'DECODE_FAILED', `could not decode '${name}': it is empty`)
      : foundLine(name, { width: 2, height: 3 }, []),
  )
  const crew = new PoolCrew({ workers: 3, timeout: 1000, startPool })
  expect(crew.size).toBe(3)
  const images = ['a.jpg', 'bad.jpg'].map((name) => ({ name, source: `/mnt/x/${name}` }))
  const searching = crew.search(images, {})
  await turn()
  release()
  expect(await searching).toEqual([
    { file: 'a.jpg', width: 2, height: 3, faces: [] },
    { file: 'bad.jpg', error: { code: 'DECODE_FAILED', message: "could not decode 'bad.jpg': it is empty" } },
  ])
})

it('changes its pool when the options change, and ends the old one when it is done', async () => {
  const { log, startPool, release } = pools((name) => foundLine(name, { width: 1, height: 1 }, []))
  const crew = new PoolCrew({ workers: 1, timeout: 1000, startPool })
  const image = (name: string) => [{ name, source: name }]
  const first = crew.search(image('a'), {})
  await turn()
  const second = crew.search(image('b'), { minFaceSize: 40 })
  await turn()
  expect(log).toEqual(['start {}', 'a in {}'])
  release()
  await first
  await turn()
  release()
  await second
  expect(log.slice(2)).toEqual(['close {}', 'start {"minFaceSize":40}', 'b in {"minFaceSize":40}'])
  crew.close()
  await turn()
  expect(log.at(-1)).toBe('close {"minFaceSize":40}')
})
