// POST a picture: answers its faces as JSON. PORT=3000 node server.mjs
import { createServer } from 'node:http'
import { MTCNNPool, MtcnnError } from 'mtcnn-wasm'

const MAX_BYTES = 20_000_000

// Pictures may come from anybody: neither their files nor their pixels may be too many.
const pool = await MTCNNPool.create({ size: 2, maxBytes: MAX_BYTES, maxPixels: 50_000_000 })

/** Whose fault it is; all other errors are ours. */
const STATUS = { DECODE_FAILED: 422, INVALID_IMAGE: 422, UNSUPPORTED_IMAGE: 415, IMAGE_TOO_LARGE: 413 }

const server = createServer(async (request, response) => {
  const answer = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (request.method !== 'POST') return answer(405, { error: 'POST a picture' })
  if (Number(request.headers['content-length']) > MAX_BYTES) return answer(413, { error: 'at most 20 MB' })
  // More than the workers can take: better said at once than answered in a minute.
  if (pool.waiting > 20) return answer(503, { error: 'busy' })
  try {
    // Gives up after ten seconds, or when the client hangs up.
    const closed = new AbortController()
    response.on('close', () => closed.abort())
    const signal = AbortSignal.any([closed.signal, AbortSignal.timeout(10_000)])
    answer(200, await pool.detectFaces(request, { signal }))
  } catch (error) {
    if (error instanceof MtcnnError) answer(STATUS[error.code] ?? 500, { error: error.message, code: error.code })
    else answer(408, { error: 'too slow' })
  }
})

server.listen(process.env.PORT ?? 3000, () => console.log(`listening on port ${server.address().port}`))

process.on('SIGTERM', () => {
  // Calls that are on their way are still answered.
  server.close(() => pool.dispose())
})
