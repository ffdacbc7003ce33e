import { open } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { unknownImage } from '../../src/image/unknown-image.ts'

const message = (image: unknown) => {
  const error = unknownImage(image)
  expect(error.code).toBe('UNSUPPORTED_IMAGE')
  expect(error.message).toMatch(/^got .+, which is not an image: .+/)
  expect(error.message.length).toBeLessThan(400)
  return error.message
}

/** An object that the platform calls by this name. */
const tagged = (tag: string, more: object = {}) => ({ [Symbol.toStringTag]: tag, ...more })

const data = new Uint8Array(12)

describe('unknownImage', () => {
  it.each<[unknown, RegExp]>([
    [undefined, /^got undefined.*check the line/],
    [null, /^got null/],
    [42, /^got 42.*pass raw pixels \{ data, width, height \}, the bytes/],
    [true, /^got true/],
    [() => 1, /^got a function.*call it/],
    [[], /^got an array of 0.*detectAll/],
    [['a.jpg', 'b.jpg'], /^got an array of 2.*detectAll/],
    [[1, 2, 3], /^got an array of 3.*new Uint8Array\(array\)/],
    [new Set([1]), /Set.*detectAll/],
    [new Uint8ClampedArray(4), /^got a bare Uint8ClampedArray of 4 bytes.*\{ data, width, height \}/],
    [new Float32Array(3), /^got a bare Float32Array of 12 bytes.*0\.\.255/],
    [new DataView(new ArrayBuffer(3)), /new Uint8Array\(view\.buffer/],
    [Promise.resolve(1), /^got a Promise.*await it first/],
    // biome-ignore lint/suspicious/noThenProperty: what some libraries give instead of a Promise.
    [{ then() {} }, /^got a Promise.*await it first/],
    [{ current: document() }, /^got an object with \{ current \}.*pass what is in it: image\.current$/],
    [{ current: null }, /holds nothing yet.*wait until/],
    [{ value: data, __v_isRef: true }, /image\.value$/],
    [
      { data, info: { width: 2, height: 2, channels: 3 } },
      /\{ data, info \}.*pass \{ data, width: info\.width, height: info\.height/,
    ],
    [
      sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } }),
      /^got a sharp instance.*raw\(\)\.toBuffer/,
    ],
    [{ shape: [2, 2, 3], dataSync() {} }, /^got a tensor.*height, width, channels$/],
    [{ dims: [1, 3, 2, 2], data: new Float32Array(12), type: 'float32' }, /^got a tensor/],
    [{ bitmap: { data, width: 2, height: 2 } }, /pass image\.bitmap$/],
    [{ rows: 2, cols: 2, data }, /^got an OpenCV Mat.*'bgr'/],
    [Buffer.of(1, 2).toJSON(), /through JSON.*Buffer\.from\(image\.data\)/],
    [{ status: 200, headers: {}, data }, /HTTP.*response\.data$/],
    [{ fieldname: 'photo', buffer: Buffer.of(1) }, /\{ fieldname, buffer \}.*image\.buffer$/],
    [{ filepath: '/tmp/upload', size: 3 }, /image\.filepath$/],
    [{ src: '/a.jpg', width: 3, height: 2 }, /image\.src$/],
    [{ uri: 'file:///a.jpg' }, /image\.uri$/],
    [{ default: '/assets/a.jpg' }, /image\.default$/],
    [{ jquery: '3', length: 1 }, /element\[0\]/],
    [{ getContext() {}, toBuffer() {}, width: 2, height: 2 }, /^got a canvas.*toBuffer/],
    [{ toBuffer() {}, filename: 'a.jpg' }, /await image\.toBuffer\(\)/],
    [{ arrayBuffer() {} }, /await image\.arrayBuffer\(\)/],
    [tagged('MediaStream'), /MediaStream.*detector\.stream\(mediaStream\)/],
    [tagged('CanvasCaptureMediaStreamTrack'), /detector\.stream\(track\)/],
    [tagged('HTMLDivElement', { localName: 'div' }), /^got a <div> element.*an <img>, a <canvas> or a <video>/],
    [tagged('HTMLInputElement', { localName: 'input' }), /^got a <input> element.*input\.files\[0\]/],
    [tagged('HTMLPictureElement', { localName: 'picture' }), /<img> in it/],
    [tagged('ImageBitmap', { width: 2, height: 2 }), /ImageBitmap.*in browsers only/],
    [tagged('CanvasRenderingContext2D'), /context\.canvas/],
    [tagged('FormData'), /formData\.get/],
    [tagged('FileList'), /list\[0\]/],
    [tagged('PointerEvent'), /event\.target/],
    [{}, /^got an object without properties/],
    [{ x: 1, y: 2 }, /^got an object with \{ x, y \}/],
    [Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`field${at}`, at])), /field5, \.\.\. \}/],
    [{ ['long'.repeat(1000)]: 1 }, /longlonglonglo\.\.\.nglong/],
    [new Date(0), /a Date,/],
  ])('%o', (image, expected) => {
    expect(message(image)).toMatch(expected)
  })

  it('tells what to do with a file that is open', async () => {
    const handle = await open(fileURLToPath(import.meta.url))
    expect(message(handle)).toMatch(/^got a FileHandle.*await handle\.readFile\(\)/)
    await handle.close()
  })
})

function document() {
  return { nodeType: 9 }
}
