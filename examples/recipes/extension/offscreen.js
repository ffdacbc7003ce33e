// A page nobody sees: as in any page the main entry serves, and works in a worker.

import { MTCNN } from 'mtcnn-wasm'

const detector = MTCNN.create()

chrome.runtime.onMessage.addListener(({ to, url }, _, respond) => {
  if (to !== 'offscreen') return false
  facesIn(url)
    .catch((error) => ({ error: error.message }))
    .then(respond)
  return true
})

async function facesIn(url) {
  const faces = await (await detector).detectFaces(url)
  return { faces: [...faces], width: faces.imageWidth, height: faces.imageHeight }
}
