/**
 * The evaluation of WIDER FACE as it is told, step by step, in plain loops: what bench/eval is checked against. Nothing of
 * bench/eval is used, so that the two do not share a mistake.
 */

export interface Region {
  x: number
  y: number
  width: number
  height: number
}

export interface Scene {
  faces: Region[]
  /** For each face, whether it belongs to the split. */
  counts: boolean[]
  found: { box: Region; confidence: number }[]
}

function intersectionOverUnion(a: Region, b: Region): number {
  const x1 = Math.max(a.x, b.x)
  const y1 = Math.max(a.y, b.y)
  const x2 = Math.min(a.x + a.width, b.x + b.width)
  const y2 = Math.min(a.y + a.height, b.y + b.height)
  const w = x2 - x1 + 1
  const h = y2 - y1 + 1
  if (w <= 0 || h <= 0) return 0
  const inter = w * h
  return inter / ((a.width + 1) * (a.height + 1) + (b.width + 1) * (b.height + 1) - inter)
}

/** Scores of all scenes brought to 0..1; every scene's detections by falling score. */
function normalised(scenes: Scene[]): Scene[] {
  const scores = scenes.flatMap(({ found }) => found.map(({ confidence }) => confidence))
  const least = Math.min(...scores)
  const most = Math.max(...scores)
  return scenes.map((scene) => ({
    ...scene,
    found: scene.found
      .map(({ box, confidence }) => ({ box, confidence: (confidence - least) / (most - least) }))
      .sort((a, b) => b.confidence - a.confidence),
  }))
}

/**
 * Of one scene, after each detection: how many detections count so far, and how many faces of the split are found.
 */
function track({ faces, counts, found }: Scene): { counted: number[]; hits: number[] } {
  const state = faces.map((): 'open' | 'found' | 'ignored' => 'open')
  const counted: number[] = []
  const hits: number[] = []
  let proposals = 0
  for (const { box } of found) {
    const overlaps = faces.map((face) => intersectionOverUnion(box, face))
    const most = Math.max(...overlaps)
    const best = overlaps.indexOf(most)
    proposals++
    if (most >= 0.5) {
      if (!counts[best]) {
        state[best] = 'ignored'
        proposals--
      } else if (state[best] === 'open') {
        state[best] = 'found'
      }
    }
    counted.push(proposals)
    hits.push(state.filter((one) => one === 'found').length)
  }
  return { counted, hits }
}

function areaUnder(points: { recall: number; precision: number }[]): number {
  const recall = [0, ...points.map((point) => point.recall), 1]
  const precision = [0, ...points.map((point) => point.precision), 0]
  for (let n = precision.length - 2; n >= 0; n--) precision[n] = Math.max(precision[n]!, precision[n + 1]!)
  let area = 0
  for (let n = 1; n < recall.length; n++) area += (recall[n]! - recall[n - 1]!) * precision[n]!
  return area
}

/** Average precision at the 1000 thresholds of the evaluation. */
export function naiveAveragePrecision(given: Scene[]): number {
  const scenes = normalised(given).filter(({ faces }) => faces.length > 0)
  const total = scenes.reduce((sum, { counts }) => sum + counts.filter(Boolean).length, 0)
  const tracks = scenes.map(track)
  const points = Array.from({ length: 1000 }, (_, t) => {
    const threshold = 1 - (t + 1) / 1000
    let proposals = 0
    let hits = 0
    scenes.forEach(({ found }, n) => {
      const reached = found.filter(({ confidence }) => confidence >= threshold).length
      if (reached === 0) return
      proposals += tracks[n]!.counted[reached - 1]!
      hits += tracks[n]!.hits[reached - 1]!
    })
    return { recall: hits / total, precision: proposals > 0 ? hits / proposals : 0 }
  })
  return areaUnder(points)
}

/** Average precision with a threshold at every detection, as it is defined without the evaluation's thousand. */
export function exactAveragePrecision(given: Scene[]): number {
  const scenes = normalised(given).filter(({ faces }) => faces.length > 0)
  const total = scenes.reduce((sum, { counts }) => sum + counts.filter(Boolean).length, 0)
  const steps = scenes.flatMap((scene) => {
    const { counted, hits } = track(scene)
    return scene.found.map(({ confidence }, n) => ({
      confidence,
      counts: counted[n]! - (counted[n - 1] ?? 0),
      hit: hits[n]! - (hits[n - 1] ?? 0),
    }))
  })
  steps.sort((a, b) => b.confidence - a.confidence)
  let proposals = 0
  let hits = 0
  const points = steps.map((step) => {
    proposals += step.counts
    hits += step.hit
    return { recall: hits / total, precision: proposals > 0 ? hits / proposals : 0 }
  })
  return areaUnder(points)
}

/** Detections from a confidence up, and those of them that are wrong where all faces are to be found that count. */
export function naiveCounts(scenes: Scene[], confidence: number): { detections: number; falsePositives: number } {
  let detections = 0
  let falsePositives = 0
  for (const { faces, counts, found } of scenes) {
    const sure = found.filter((one) => one.confidence >= confidence).sort((a, b) => b.confidence - a.confidence)
    detections += sure.length
    if (sure.length === 0) continue
    const { counted, hits } = track({ faces, counts, found: sure })
    falsePositives += counted.at(-1)! - hits.at(-1)!
  }
  return { detections, falsePositives }
}
