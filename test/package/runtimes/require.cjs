// require() of the package, which has a CommonJS build for it.
const { readFileSync } = require('node:fs')
const { MTCNN } = require('mtcnn-wasm')

async function main() {
  const image = { data: readFileSync('faces.rgb'), ...JSON.parse(readFileSync('size.json', 'utf8')) }
  const detector = await MTCNN.create()
  console.log(JSON.stringify({ faces: await detector.detectFaces(image), worker: detector.info.worker }))
  detector.dispose()
}
main()
