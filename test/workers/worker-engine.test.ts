import { describe, expect, it, onTestFinished } from 'vitest'
import { MTCNN } from '../../src/index.node.ts'
import { channelTo } from '../../src/workers/spawn.node.ts'
import { hashOfFaces } from '../helpers/hash.ts'
import { noise, photograph, photographFile } from '../helpers/photographs.ts'
import { turns } from '../helpers/turns.ts'
import { scripted, TestDetector } from './threads.ts'

const faces = await photograph('tracking', 'examples/assets/faces.jpg')

async function inWorker(...given: Parameters<typeof TestDetector.create>): Promise<TestDetector> {
  const [options, spawners] = given
  const detector = await TestDetector.create({ worker: true, ...options }, spawners)
  onTestFinished(() => detector.dispose())
  return detector
}

describe('a detector in a worker thread', () => {
  it('gives the same bits as one in this thread, and leaves the pixels as they were', async () => {
    const here = await MTCNN.create()
    const there = await inWorker()
    expect([here.info.worker, there.info.worker]).toEqual([false, true])
    const before = faces.data.slice()
    const expected = await here.detectFaces(faces)
    expect(expected.length).toBeGreaterThan(1)
    expect(hashOfFaces(await there.detectFaces(faces))).toBe(hashOfFaces(expected))
    expect(Buffer.compare(faces.data, before)).toBe(0)
  })

  it('options, traces and the size of the image cross', async () => {
    const here = await MTCNN.create({ minFaceSize: 40 })
    const there = await inWorker({ minFaceSize: 40 })
    const options = { maxFaces: 2, roi: { x: 10, y: 20, width: 300, height: 250 }, clip: false, scores: true }
    const [a, b] = [await here.explain(faces, options), await there.explain(faces, options)]
    expect(b.faces).toEqual(a.faces)
    expect({ ...b.trace, milliseconds: 0 }).toEqual({ ...a.trace, milliseconds: 0 })
    expect(b.trace.levels[0]?.scores?.length).toBeGreaterThan(100)
    expect(b.trace.milliseconds.total).toBeGreaterThan(0)
    expect([b.width, b.height, b.faces.imageWidth, b.faces.imageHeight]).toEqual([600, 346, 600, 346])
  })

  it('decodes files as a detector in this thread does', async () => {
    const file = photographFile('tracking', 'examples/assets/faces.jpg')
    const there = await MTCNN.create({ worker: true })
    onTestFinished(() => there.dispose())
    const here = await MTCNN.create()
    expect(hashOfFaces(await there.detectFaces(file))).toBe(hashOfFaces(await here.detectFaces(file)))
  })

  it.each<[string, (data: Uint8Array) => Uint8Array]>([
    ['a part of a larger buffer', (data) => new Uint8Array(data.length + 100).fill(7).subarray(50, 50 + data.length)],
    ['a Buffer', (data) => Buffer.alloc(data.length)],
    ['a small Buffer of the pool', (data) => Buffer.from(data.subarray(0, 1200))],
    ['shared memory', (data) => new Uint8Array(new SharedArrayBuffer(data.length))],
    ['WebAssembly memory', (data) => new Uint8Array(new WebAssembly.Memory({ initial: 20 }).buffer, 64, data.length)],
  ])('takes %s, with and without transfer', async (_, make) => {
    const there = await inWorker()
    for (const transfer of [false, true]) {
      const data = make(faces.data)
      if (data.length < faces.data.length) {
        expect(await there.detectFaces({ data, width: 20, height: 20 }, { transfer })).toEqual([])
        continue
      }
      data.set(faces.data)
      expect(await there.detectFaces({ ...faces, data }, { transfer })).toHaveLength(3)
      if (!transfer) expect(Buffer.compare(data, faces.data)).toBe(0)
    }
  })

  it('transfer hands the buffer over, and only then', async () => {
    const there = await inWorker()
    const data = faces.data.slice()
    await there.detectFaces({ ...faces, data })
    expect(data.length).toBe(faces.data.length)
    const answer = there.detectFaces({ ...faces, data }, { transfer: true })
    expect(await answer).toHaveLength(3)
    expect(data.length).toBe(0)
    await expect(there.detectFaces({ ...faces, data })).rejects.toMatchObject({ code: 'INVALID_IMAGE' })
  })

  it('errors arrive as MtcnnError with their code', async () => {
    const there = await inWorker()
    await expect(there.detectFaces({ data: new Uint8Array(3), width: 9, height: 9 })).rejects.toMatchObject({
      name: 'MtcnnError',
      code: 'INVALID_IMAGE',
    })
    // A first level of 240,000 x 7,200 pixels, which no memory holds; found out in the worker.
    const strip = { data: new Uint8Array(20_000 * 600), width: 20_000, height: 600 }
    await expect(there.detectFaces(strip, { minFaceSize: 1 })).rejects.toMatchObject({
      name: 'MtcnnError',
      code: 'OUT_OF_MEMORY',
      message: expect.stringMatching(/takes \d+ bytes/),
    })
    expect(await there.detectFaces(faces)).toHaveLength(3)
  })

  it('an abort stops the work itself, with its reason', async () => {
    const there = await inWorker()
    const controller = new AbortController()
    const stopped = there.detectFaces(noise(2400, 1800), { minFaceSize: 12, signal: controller.signal })
    await there.channels[0]!.begun()
    controller.abort(new Error('enough'))
    await expect(stopped).rejects.toThrow('enough')
    expect(await there.detectFaces(noise(30, 30))).toEqual([])
    // The worker did not finish the first search.
    const messages = ['loaded', 'start', 'ready', 'search', 'abort', 'search', 'failed', 'found']
    expect(there.channels[0]!.messages).toEqual(messages)
  })

  it('a signal aborted before is refused, one set on create is none of the calls', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const there = await inWorker({ signal })
    controller.abort()
    expect(await there.detectFaces(faces)).toHaveLength(3)
    await expect(there.detectFaces(faces, { signal })).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('is lost with its worker: the call fails, the next one gets a new worker', async () => {
    const there = await inWorker()
    const [running, waiting] = [there.detectFaces(noise(3000, 2000), { minFaceSize: 12 }), there.detectFaces(faces)]
    await there.channels[0]!.passed('search')
    there.channels[0]!.end()
    await expect(running).rejects.toMatchObject({ code: 'WORKER_FAILED' })
    expect(await waiting).toHaveLength(3)
    expect(there.channels).toHaveLength(2)
    // Also one that ends while nothing runs.
    there.channels[1]!.end()
    await there.channels[1]!.ended
    expect(await there.detectFaces(faces)).toHaveLength(3)
    expect(there.channels).toHaveLength(3)
  })

  it.each([
    ['process.exit', 'process.exit(3)', /exit code 3/],
    ['an uncaught error', "throw new Error('boom')", /boom/],
  ])('says why a worker ended: %s', async (_, script, message) => {
    const there = await inWorker({}, [scripted(script)])
    await expect(there.detectFaces(faces)).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      message: expect.stringMatching(message),
    })
  })

  it('what is no error of ours in the worker is a failure of the worker, which lives on', async () => {
    const error = "{ message: 'RuntimeError: unreachable' }"
    const there = await inWorker({}, [
      scripted(`port.postMessage({ type: 'failed', id: message.id, error: ${error} })`),
    ])
    for (let n = 0; n < 2; n++) {
      await expect(there.detectFaces(faces)).rejects.toMatchObject({
        code: 'WORKER_FAILED',
        message: 'the worker failed: RuntimeError: unreachable',
      })
    }
    expect(there.channels).toHaveLength(1)
  })

  it('dispose answers what was asked before, refuses what comes later, and ends the worker', async () => {
    const there = await TestDetector.create({ worker: true })
    const answers = [there.detectFaces(faces), there.detectFaces(faces)]
    there.dispose()
    there.dispose()
    await expect(there.detectFaces(faces)).rejects.toMatchObject({ code: 'DISPOSED' })
    for (const answer of await Promise.all(answers)) expect(answer).toHaveLength(3)
  })
})

describe('starting a worker', () => {
  const broken = () => channelTo(new URL('data:text/javascript,throw new Error("no such script")'))
  const missing = () => channelTo(new URL('./missing.js', import.meta.url))
  const impossible = () => {
    throw new TypeError('no Worker here')
  }

  it('goes from way to way', async () => {
    const good = scripted('')
    const detector = await inWorker({}, [missing, impossible, broken, good])
    expect(detector.info.worker).toBe(true)
  })

  it("'auto' works in this thread where no worker starts, true is an error, false starts none", async () => {
    const auto = await inWorker({ worker: 'auto' }, [missing, impossible])
    expect(auto.info.worker).toBe(false)
    expect(await auto.detectFaces(faces)).toHaveLength(3)
    await expect(inWorker({ worker: true }, [missing, impossible])).rejects.toMatchObject({ code: 'WORKER_FAILED' })
    await expect(inWorker({ worker: true }, [])).rejects.toMatchObject({ code: 'WORKER_FAILED' })
    const off = await inWorker({ worker: false }, [impossible])
    expect(off.info.worker).toBe(false)
    expect(await off.detectFaces(faces)).toHaveLength(3)
  })

  it('a worker to which nothing can be posted is one that does not start', async () => {
    const deaf = async () => {
      const channel = channelTo(
        new URL(
          "data:text/javascript,import { parentPort } from 'node:worker_threads'; parentPort.postMessage({ type: 'loaded' })",
        ),
      )
      return {
        ...channel,
        post() {
          throw new Error('could not be cloned')
        },
      }
    }
    await expect(inWorker({ worker: true }, [deaf])).rejects.toThrow('could not be cloned')
    // What nobody waits for must not be an unhandled rejection: those fail the run.
    await turns()
  })

  it('kernels that do not run there are told as what they are, not as a worker that does not start', async () => {
    const refuse = `
      import { parentPort as port } from 'node:worker_threads'
      port.postMessage({ type: 'loaded' })
      port.on('message', () => port.postMessage({
        type: 'refused', error: { code: 'UNSUPPORTED_PLATFORM', message: 'no SIMD' } }))`
    const way = () => channelTo(new URL(`data:text/javascript,${encodeURIComponent(refuse)}`))
    await expect(inWorker({ worker: 'auto' }, [way])).rejects.toMatchObject({
      code: 'UNSUPPORTED_PLATFORM',
      message: 'no SIMD',
    })
  })
})
