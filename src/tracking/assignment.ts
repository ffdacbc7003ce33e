/**
 * Assigns rows to columns, each to one at most, so that the sum of the costs is the smallest: the Hungarian method with potentials
 * (Kuhn 1955, Munkres 1957), row by row, in a time that grows with the third power.
 *
 * @param costs - Of each row, for each column; Infinity where they cannot go together.
 * @param alone - What it costs to leave a row without a column.
 * @returns For each row its column, or -1.
 */
export function assign(costs: readonly (readonly number[])[], alone: number): number[] {
  const rows = costs.length
  const columns = costs[0]?.length ?? 0
  // A column for each row to be alone in.
  const width = columns + rows
  const costOf = (row: number, column: number) => {
    if (column < columns) return Math.min(costs[row]![column]!, IMPOSSIBLE)
    return column - columns === row ? alone : IMPOSSIBLE
  }
  // Rows and columns count from 1; column 0 is where a row stands that has none yet.
  const rowPotential = new Float64Array(rows + 1)
  const columnPotential = new Float64Array(width + 1)
  const rowOf = new Int32Array(width + 1)
  const before = new Int32Array(width + 1)
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row
    const least = new Float64Array(width + 1).fill(Number.POSITIVE_INFINITY)
    const visited = new Uint8Array(width + 1)
    let column = 0
    while (rowOf[column] !== 0) {
      visited[column] = 1
      const from = rowOf[column]!
      let step = Number.POSITIVE_INFINITY
      let next = 0
      for (let other = 1; other <= width; other++) {
        if (visited[other]) continue
        const reduced = costOf(from - 1, other - 1) - rowPotential[from]! - columnPotential[other]!
        if (reduced < least[other]!) {
          least[other] = reduced
          before[other] = column
        }
        if (least[other]! < step) {
          step = least[other]!
          next = other
        }
      }
      for (let other = 0; other <= width; other++) {
        if (visited[other]) {
          const owner = rowOf[other]!
          rowPotential[owner] = rowPotential[owner]! + step
          columnPotential[other] = columnPotential[other]! - step
        } else least[other] = least[other]! - step
      }
      column = next
    }
    while (column !== 0) {
      const previous = before[column]!
      rowOf[column] = rowOf[previous]!
      column = previous
    }
  }
  const assigned = new Array<number>(rows).fill(-1)
  for (let column = 1; column <= columns; column++) {
    const row = rowOf[column]!
    if (row > 0 && costs[row - 1]![column - 1]! < IMPOSSIBLE) assigned[row - 1] = column - 1
  }
  return assigned
}

/** Far above any sum of costs that are possible. */
const IMPOSSIBLE = 1e9
