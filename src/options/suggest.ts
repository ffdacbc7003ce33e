/** Without case and separators: `min_face_size` and `min-face-size` then equal `minFaceSize`. */
function letters(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '')
}

/** How many letters must be inserted, removed, replaced or swapped with a neighbour (optimal string alignment). */
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
 * The known name most like a misspelt one. undefined where none is like it: where more than two letters, and more than a
 * third of them, differ.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  // Nobody types this by mistake, and the distance takes time with the length of both names.
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
