import { tell } from './answer.js'
import { facesIn } from './own-worker/main.ts'

async function ask() {
  const picture = await (await fetch('/faces.jpg')).blob()
  const broken = await facesIn(new Blob(['no picture'])).then(String, ({ message }) => message)
  if (!/decode/.test(broken)) throw new Error(`of a broken picture it says: ${broken}`)
  const [faces, again] = await Promise.all([facesIn(picture), facesIn(picture)])
  if (JSON.stringify(faces) !== JSON.stringify(again)) throw new Error('the second answer differs')
  return { faces, worker: true }
}

ask().then(tell, (error) => tell({ error: String(error.stack ?? error) }))
