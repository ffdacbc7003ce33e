/**
 * The clips that tracking is tested and measured with: what happens in front of a camera. A seed decides who is in them,
 * where, and in front of what.
 */
import type { Actor, Clip } from './clip.ts'
import { board, FACE_NAMES, type Pose } from './sprites.ts'
import { daylight, HD, line, person, scene, swaying } from './staging.ts'

/**
 * Two people who sit and talk.
 */
export function talk(seed: number, size = HD, frames = 150): Promise<Clip> {
  return scene('talk', seed, size, frames, async (by) => {
    const [first = '', second = ''] = by.shuffled(FACE_NAMES)
    const { width, height } = size
    const unit = height / 720
    const place = (share: number): Pose => ({
      x: share * width,
      y: by.between(0.4, 0.6) * height,
      size: unit * by.between(110, 220),
    })
    const actors = [await person(first, swaying(by, place(0.3))), await person(second, swaying(by, place(0.7)))]
    return { actors, light: daylight(by) }
  })
}

/**
 * Two faces that move at a steady pace and stay in the picture.
 */
export function motion(seed: number, size = HD, frames = 60): Promise<Clip> {
  return scene('motion', seed, size, frames, async (by) => {
    const names = by.shuffled(FACE_NAMES).slice(0, 2)
    const actors = names.map((who, n) => {
      const height = by.between(50, 160)
      // Half of the picture's width at most, each in its own half of the height.
      const speed = { x: (by.sign() * by.between(0.1, 0.5) * size.width) / frames, y: by.between(-0.5, 0.5) }
      const x = speed.x > 0 ? by.between(0.15, 0.4) * size.width : by.between(0.6, 0.85) * size.width
      return person(who, line({ x, y: size.height * (n === 0 ? 0.27 : 0.73), size: height }, speed))
    })
    return { actors: await Promise.all(actors) }
  })
}

/**
 * Two faces that meet: the second passes before the first, which is hidden for a few frames.
 *
 * @param hiddenFrames - About so long the first is hidden by more than half.
 */
export function crossing(seed: number, hiddenFrames = 3, size = HD, frames = 60): Promise<Clip> {
  return scene('crossing', seed, size, frames, async (by) => {
    const [behind = '', before = ''] = by.shuffled(FACE_NAMES)
    const height = by.between(80, 170)
    const other = height * by.between(0.85, 1.15)
    // More than half of the first is covered while the middles are less than a face's width apart.
    const pace = (0.9 * (height + other)) / 2 / (hiddenFrames + 1)
    const share = by.between(0.2, 0.8)
    const direction = by.sign()
    const [x, y] = [size.width / 2, by.between(0.35, 0.65) * size.height]
    const meet = frames / 2
    const toward =
      (speed: number): Actor['pose'] =>
      (frame) => ({
        x: x + speed * (frame - meet),
        y,
        size: speed * direction > 0 ? other : height,
      })
    // Where they would be outside the picture before the clip begins, they wait at its edge.
    const within = (pose: Actor['pose']): Actor['pose'] => {
      const margin = 0.12 * size.width
      return (frame) => {
        const at = pose(frame)!
        return { ...at, x: Math.min(Math.max(at.x, margin), size.width - margin) }
      }
    }
    return {
      actors: [
        await person(behind, within(toward(-direction * pace * (1 - share)))),
        await person(before, within(toward(direction * pace * share))),
      ],
    }
  })
}

/**
 * Two faces that pass each other with their boxes overlapping by a quarter to a half: both stay visible.
 */
export function brush(seed: number, size = HD, frames = 60): Promise<Clip> {
  return scene('brush', seed, size, frames, async (by) => {
    const [behind = '', before = ''] = by.shuffled(FACE_NAMES)
    const height = by.between(80, 170)
    const other = height * by.between(0.8, 1.2)
    const speed = by.sign() * by.between(4, 10)
    const y = size.height / 2
    const apart = 0.72 * ((height + other) / 2)
    const start = (v: number) => size.width / 2 - (v * frames) / 2
    return {
      actors: [
        await person(behind, line({ x: start(-speed), y: y - apart / 2, size: height }, { x: -speed, y: 0 })),
        await person(before, line({ x: start(speed), y: y + apart / 2, size: other }, { x: speed, y: 0 })),
      ],
    }
  })
}

/**
 * A board that passes before a face, and hides it for a few frames, three times; another face stays in view.
 */
export function hidden(seed: number, hiddenFrames = 3, size = HD, frames = 90): Promise<Clip> {
  return scene('hidden', seed, size, frames, async (by) => {
    const [first = '', second = ''] = by.shuffled(FACE_NAMES)
    const height = by.between(80, 160)
    const place = { x: 0.33 * size.width, y: by.between(0.4, 0.6) * size.height, size: height }
    const walk = by.between(-1.5, 1.5)
    const face = line(place, { x: walk, y: 0 })
    const wood = await board()
    // A board twice as high as wide.
    const boardHeight = 2.2 * height
    const pace = (boardHeight / 2 + 0.1 * height) / (hiddenFrames + 0.5)
    const boards = [20, 45, 70].map((meet) => ({
      who: 'board',
      sprite: wood,
      pose: (frame: number): Pose | undefined => {
        const x = face(meet)!.x + (frame - meet) * pace
        return x < -boardHeight / 2 || x > 0.6 * size.width ? undefined : { x, y: place.y, size: boardHeight }
      },
    }))
    return {
      actors: [
        await person(first, face),
        ...boards,
        await person(second, swaying(by, { x: 0.8 * size.width, y: 0.5 * size.height, size: by.between(80, 160) })),
      ],
    }
  })
}

/**
 * A face that leaves the picture at its side, and comes back after more frames than any tracker keeps it.
 */
export function leaving(seed: number, size = HD, frames = 120): Promise<Clip> {
  return scene('leaving', seed, size, frames, async (by) => {
    const [first = '', second = ''] = by.shuffled(FACE_NAMES)
    const height = by.between(60, 150)
    const y = by.between(0.3, 0.7) * size.height
    const reach = 0.25 * size.width
    // Out at frame 30, at its farthest at 60, in again at 90.
    const out = (frame: number) => (reach + height) * Math.sin((Math.PI * (frame - 30)) / 60)
    return {
      actors: [
        await person(first, (frame) => ({ x: size.width + out(frame), y, size: height })),
        await person(second, swaying(by, { x: 0.3 * size.width, y: 0.5 * size.height, size: by.between(60, 150) })),
      ],
    }
  })
}

/**
 * A face that comes nearer, to five times its size, and goes back.
 */
export function zoom(seed: number, size = HD, frames = 120): Promise<Clip> {
  return scene('zoom', seed, size, frames, async (by) => {
    const who = by.one(FACE_NAMES)
    const small = by.between(50, 70)
    const [x, y] = [by.between(0.4, 0.6) * size.width, by.between(0.45, 0.55) * size.height]
    const near = (frame: number) => (1 - Math.cos((2 * Math.PI * frame) / frames)) / 2
    return { actors: [await person(who, (frame) => ({ x, y, size: small * 5 ** near(frame) }))] }
  })
}

/**
 * Two people under light that is switched, dimmed and flickers.
 */
export function lights(seed: number, size = HD, frames = 120): Promise<Clip> {
  return scene('lights', seed, size, frames, async (by) => {
    const [first = '', second = ''] = by.shuffled(FACE_NAMES)
    const at = (share: number) => ({ x: share * size.width, y: size.height / 2, size: by.between(70, 180) })
    const gains = [1, 0.45, 1.25, 0.7]
    return {
      actors: [await person(first, swaying(by, at(0.3))), await person(second, swaying(by, at(0.7)))],
      light: (frame) => ({
        gain: gains[Math.floor((frame * gains.length) / frames)]! * (1 + 0.06 * Math.sin(1.9 * frame)),
        bias: frame % 40 > 20 ? 8 : 0,
      }),
    }
  })
}

/**
 * Nobody, for as long as it lasts.
 */
export function nobody(seed: number, size = HD, frames = 40): Promise<Clip> {
  return scene('nobody', seed, size, frames, async (by) => ({ actors: [], light: daylight(by) }))
}

/**
 * Many people, from 45 to 110 pixels, who sway a little.
 */
export function crowd(seed: number, size = HD, frames = 60): Promise<Clip> {
  return scene('crowd', seed, size, frames, async (by) => {
    const columns = 5
    const cell = { width: size.width / columns, height: size.height / 2 }
    const actors = by.shuffled(FACE_NAMES).map((who, n) => {
      const x = ((n % columns) + 0.5) * cell.width
      const y = (Math.floor(n / columns) + 0.5) * cell.height
      return person(who, swaying(by, { x, y, size: by.between(45, 110) }))
    })
    return { actors: await Promise.all(actors), light: daylight(by) }
  })
}

/**
 * People who walk through the picture at their own pace, in before one another and out of it, before a camera that shakes.
 */
export function street(seed: number, size = HD, frames = 150): Promise<Clip> {
  return scene('street', seed, size, frames, async (by) => {
    const names = by.shuffled(FACE_NAMES).slice(0, 5)
    const shake = (frame: number) => ({ x: 3 * Math.sin(1.3 * frame), y: 2.5 * Math.cos(1.7 * frame) })
    const actors = names.map((who, n) => {
      const height = 50 + 22 * n + by.between(0, 20)
      const speed = by.sign() * by.between(2, 9)
      const begin = by.between(-60, 60)
      const y = size.height * by.between(0.25, 0.75)
      const step = by.between(0.25, 0.4)
      return person(who, (frame) => {
        const walked = speed * (frame - begin)
        const x = speed > 0 ? walked : size.width + walked
        if (x < -height || x > size.width + height) return undefined
        const { x: dx, y: dy } = shake(frame)
        return {
          x: x + dx,
          y: y + dy + 0.04 * height * Math.sin(step * frame),
          size: height,
          angle: 3 * Math.sin(step * frame),
        }
      })
    })
    return { actors: await Promise.all(actors), light: daylight(by) }
  })
}

/**
 * Two clips of the same size, the second after the first without a passage. Whoever is in both is another one in the second.
 */
export function cut(first: Clip, second: Clip): Clip {
  const { width, height } = first
  if (second.width !== width || second.height !== height) throw new Error('clips of one size are wanted')
  const isFirst = (number: number) => number < first.frames
  return {
    name: `${first.name}, then ${second.name}`,
    ...{ width, height, seed: first.seed, frames: first.frames + second.frames },
    frame: (number) => (isFirst(number) ? first.frame(number) : second.frame(number - first.frames)),
    truth: (number) => {
      if (isFirst(number)) return first.truth(number)
      return second.truth(number - first.frames).map((face) => ({ ...face, who: `${face.who} after the cut` }))
    },
  }
}
