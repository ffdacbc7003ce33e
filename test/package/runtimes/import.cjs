// CommonJS with import(), which takes the modules.
const { readFileSync } = require('node:fs')

async function main() {
  const { MTCNN } = await import('mtcnn-wasm')
  const image = { data: readFileSync('faces.rgb'), ...JSON.parse(readFileSync('size.json', 'utf8')) }
  const detector = await MTCNN.create()
  console.log(JSON.stringify({ faces: await detector.detectFaces(image), worker: detector.info.worker }))
  detector.dispose()
}
main()
