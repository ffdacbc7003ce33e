// The service worker. It may use neither import() nor workers: `mtcnn-wasm/slim` needs none of them.

import module from 'mtcnn-wasm/mtcnn.wasm?url'
import { MTCNN } from 'mtcnn-wasm/slim'
import weights from 'mtcnn-wasm/weights/mtcnn-f32.bin?url'

/** Made when first asked for; again when the browser, which ends idle service workers, has started this script anew. */
let detector

async function facesIn(url) {
  detector ??= MTCNN.create({ module, weights })
  const faces = await (await detector).detectFaces(url)
  return { faces: [...faces], width: faces.imageWidth, height: faces.imageHeight }
}

/** Has an offscreen document do it: a page nobody sees, with a worker. For long work, which would hold up the messages here. */
async function facesInOffscreen(url) {
  if (!(await chrome.offscreen.hasDocument())) {
    const justification = 'Searches pictures for faces'
    await chrome.offscreen.createDocument({ url: 'offscreen.html', reasons: ['WORKERS'], justification })
  }
  return chrome.runtime.sendMessage({ to: 'offscreen', url })
}

chrome.runtime.onMessage.addListener(({ to, url }, _, respond) => {
  if (to !== 'background' && to !== 'background, offscreen') return false
  const answer = to === 'background' ? facesIn(url) : facesInOffscreen(url)
  answer.catch((error) => ({ error: error.message })).then(respond)
  // The answer comes later.
  return true
})
