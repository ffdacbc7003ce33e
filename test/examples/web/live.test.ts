import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drop, launch, type Site } from '../chromium.ts'
import { writeClip } from '../clip.ts'
import { faces, PEOPLE, PHONE, said, serveExamples, slide, visit } from './page.ts'

let site: Site
let browser: Browser
let folder: string

beforeAll(async () => {
  site = await serveExamples()
  folder = await mkdtemp(join(tmpdir(), 'mtcnn-clip-'))
  const clip = join(folder, 'camera.y4m')
  await writeClip(PEOPLE, clip, 45)
  browser = await launch(
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${clip}`,
  )
})

afterAll(async () => {
  await browser?.close()
  site?.close()
  await rm(folder, { recursive: true, force: true })
})

const camera = (page: Page) => page.getByRole('button', { name: 'Use the camera' })

async function places(page: Page): Promise<string> {
  return JSON.stringify(await Promise.all((await faces(page).all()).map((face) => face.getAttribute('style'))))
}

describe('the camera', () => {
  it('streams frames round the faces, mirrored, and leaves the last picture', async () => {
    const page = await visit(browser, site)
    await camera(page).click()
    await said(page, 'found in the camera')
    await faces(page).first().waitFor()
    await page.getByText('More settings').click()
    expect(await page.getByLabel('Mirror the picture').isChecked()).toBe(true)
    await page.getByText(/Found in \d+\.\d ms a picture, \d+ pictures a second/).waitFor()
    await page.getByText('detector.track(').waitFor()
    // The clip pans: so do the frames.
    const first = await places(page)
    await expect.poll(() => places(page)).not.toBe(first)
    await page.locator('.explanation').scrollIntoViewIfNeeded()
    await expect.poll(() => page.locator('.levels [data-drawn]').count()).toBeGreaterThan(2)
    await page.getByRole('button', { name: 'Stop the camera' }).click()
    await said(page, 'in the last frame')
    await camera(page).waitFor()
    expect(await page.getByLabel('Mirror the picture').isChecked()).toBe(true)
  })

  it('follows faces: they keep their numbers while they move, and are drawn with them', async () => {
    const page = await visit(browser, site)
    await camera(page).click()
    await faces(page).first().waitFor()
    /** How far the face that moved most has come, and the highest number. */
    const watched = () =>
      page.evaluate(() => {
        const scope = globalThis as { lefts?: Map<number, number[]> }
        scope.lefts ??= new Map()
        for (const face of document.querySelectorAll<HTMLElement>('.face')) {
          const number = Number(/^Face (\d+):/.exec(face.ariaLabel ?? '')![1])
          scope.lefts.set(number, [...(scope.lefts.get(number) ?? []), Number.parseFloat(face.style.left)])
        }
        const ways = [...scope.lefts.values()].map((lefts) => Math.max(...lefts) - Math.min(...lefts))
        return { way: Math.max(0, ...ways), highest: Math.max(0, ...scope.lefts.keys()) }
      })
    await expect.poll(async () => (await watched()).way).toBeGreaterThan(20)
    // The clip pans there and back over three people: who comes in again has a new number.
    await expect.poll(async () => (await watched()).highest).toBeGreaterThan(3)
    const green = await page.locator('canvas.drawn').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
      let count = 0
      // The colour of boxes in mtcnn-wasm/draw.
      for (let n = 0; n < data.length; n += 4) if (data[n] === 0x3d && data[n + 1] === 0xff) count++
      return count
    })
    expect(green).toBeGreaterThan(200)
  })

  it('changes to the other camera and back', async () => {
    const page = await visit(browser, site, { viewport: PHONE })
    await page.evaluate(() => {
      const asked: MediaStreamConstraints[] = []
      const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices)
      navigator.mediaDevices.enumerateDevices = async () => [...(await list()), ...(await list())]
      const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
      Object.assign(globalThis, { asked })
      // A phone says which side its camera is on; the fake one does not.
      navigator.mediaDevices.getUserMedia = async (constraints) => {
        const video = constraints?.video as MediaTrackConstraints
        asked.push(constraints!)
        const stream = await get({ video: { width: video.width!, height: video.height! } })
        const [track] = stream.getVideoTracks()
        const wanted = video.facingMode
        const facingMode = typeof wanted === 'string' ? wanted : (wanted as { ideal: string }).ideal
        const settings = track!.getSettings()
        track!.getSettings = () => ({ ...settings, facingMode })
        return stream
      }
    })
    const mirrored = () => page.locator('.view').evaluate((view) => view.classList.contains('mirrored'))
    await camera(page).click()
    await faces(page).first().waitFor()
    expect(await mirrored()).toBe(true)
    const other = page.getByRole('button', { name: 'Other camera' })
    for (const isFront of [false, true]) {
      await other.click()
      await expect.poll(mirrored).toBe(isFront)
      await said(page, 'found in the camera')
      await faces(page).first().waitFor()
    }
    const sides = await page.evaluate(() =>
      (globalThis as unknown as { asked: { video: MediaTrackConstraints }[] }).asked.map(({ video }) =>
        JSON.stringify(video.facingMode),
      ),
    )
    expect(sides).toEqual(['"user"', '{"ideal":"environment"}', '{"ideal":"user"}'])
  })

  it('that is taken away leaves its last picture', async () => {
    const page = await visit(browser, site)
    await page.evaluate(() => {
      const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
      navigator.mediaDevices.getUserMedia = async (constraints) => {
        const stream = await get(constraints)
        Object.assign(globalThis, { unplug: () => stream.getTracks().map((track) => track.stop()) })
        return stream
      }
    })
    await camera(page).click()
    await faces(page).first().waitFor()
    await page.evaluate(() => (globalThis as unknown as { unplug(): void }).unplug())
    await said(page, 'in the last frame')
  })

  it.each([
    ['NotAllowedError', 'The camera is not allowed'],
    ['NotFoundError', 'No camera was found'],
    ['NotReadableError', 'in use by another program'],
  ])('says what to do: %s', async (name, text) => {
    const page = await visit(browser, site)
    await said(page, '4 faces found in the group')
    await page.evaluate((name) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', name))
    }, name)
    await camera(page).click()
    await page.getByRole('alert').filter({ hasText: text }).waitFor()
    expect(await faces(page).count()).toBe(4)
  })
})

describe('a video file', () => {
  /** Records what the fake camera shows, and drops it on the page. */
  async function dropVideo(page: Page): Promise<void> {
    const base64 = await page.evaluate(async () => {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } })
      const recorder = new MediaRecorder(stream, { mimeType: 'video/webm;codecs=vp8' })
      const parts: Blob[] = []
      recorder.ondataavailable = ({ data }) => parts.push(data)
      const stopped = new Promise((resolve) => {
        recorder.onstop = resolve
      })
      const video = document.createElement('video')
      video.srcObject = stream
      video.muted = true
      await video.play()
      recorder.start()
      for (let n = 0; n < 40; n++) await new Promise((resolve) => video.requestVideoFrameCallback(resolve))
      recorder.stop()
      await stopped
      for (const track of stream.getTracks()) track.stop()
      const reader = new FileReader()
      reader.readAsDataURL(new Blob(parts))
      await new Promise((resolve) => {
        reader.onload = resolve
      })
      return (reader.result as string).split(',')[1]!
    })
    await drop(page, '.view', 'walk.webm', 'video/webm', base64)
  }

  it('plays with its faces, and is searched again while it is paused', async () => {
    const page = await visit(browser, site)
    await dropVideo(page)
    await said(page, 'found in walk.webm')
    await faces(page).first().waitFor()
    const first = await places(page)
    await expect.poll(() => places(page)).not.toBe(first)
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Play' }).waitFor()
    await slide(page, 'Last look', 1)
    await said(page, 'No face found in walk.webm')
    expect(await faces(page).count()).toBe(0)
    await page.getByRole('button', { name: 'Back to the preset' }).click()
    await faces(page).first().waitFor()
    const still = await places(page)
    await page.getByRole('slider', { name: 'Place in the video, seconds' }).fill('0')
    await page.getByRole('button', { name: 'Play' }).click()
    await expect.poll(() => places(page)).not.toBe(still)
    await page.getByRole('button', { name: 'Stop the video' }).click()
    await said(page, 'in the last frame')
  })

  it('that cannot be played is told', async () => {
    const page = await visit(browser, site)
    await drop(page, '.view', 'broken.mp4', 'video/mp4', btoa('no video'))
    await page.getByRole('alert').filter({ hasText: 'broken.mp4 is not a video that this browser can play' }).waitFor()
  })

  it('stands still where motion is unwanted, until it is played', async () => {
    const page = await visit(browser, site, { reducedMotion: 'reduce' })
    await dropVideo(page)
    await faces(page).first().waitFor()
    await page.getByRole('button', { name: 'Play' }).waitFor()
  })
})
