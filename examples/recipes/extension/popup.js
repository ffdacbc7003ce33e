// The popup is a page: the main entry serves, and works in a worker.

import { MTCNN } from 'mtcnn-wasm'

const detector = MTCNN.create()
const output = document.querySelector('output')

document.querySelector('input').addEventListener('change', async ({ target }) => {
  output.textContent = 'Looking'
  try {
    const faces = await (await detector).detectFaces(target.files[0])
    output.textContent = `${faces.length} found`
  } catch (error) {
    output.textContent = error.message
  }
})
