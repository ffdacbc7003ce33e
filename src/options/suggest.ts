/** Letters only, so that `min_face_size` and `min-face-size` are as near to `minFaceSize` as can be. */
function letters(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '')
}

/** Edit distance where swapping two neighbours counts once (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min(last[j - 1]! + (same ? 0 : 1), last[j]! + 1, row[j - 1]! + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, beforeLast[j - 2]! + 1)
      row.push(best)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}

/**
 * The known name nearest to a mistyped one, or undefined where none is near enough to be meant
 * (more than a third of the letters differ, and more than two).
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  // Nothing this long is a slip of the hand, and the distance costs its length times the name's.
  if (name.length > 64) return undefined
  const wanted = letters(name)
  let nearest: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const candidate of known) {
    const distance = editDistance(wanted, letters(candidate))
    if (distance < least) {
      least = distance
      nearest = candidate
    }
  }
  const allowed = Math.max(2, Math.floor(wanted.length / 3))
  return least <= Math.min(allowed, wanted.length - 1) ? nearest : undefined
}
