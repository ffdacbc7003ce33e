/** Far above any sum of costs that are possible. */
const IMPOSSIBLE = 1e9

/** Groups of more rows are too much for that: pictures in which thousands of boxes lie on one spot are no pictures of people. */
const MOST_ROWS = 100

/**
 * Assigns rows to columns, each to one at most, so that the sum of the costs is the smallest. Rows and columns that have nothing to do
 * with each other are groups of their own, so many faces far apart take little time. In a group of over 100 rows the cheapest pairs
 * go together, one after another.
 *
 * @param costs - Of each row, for each column; Infinity where they cannot go together.
 * @param alone - What it costs to leave a row without a column.
 * @returns For each row its column, or -1.
 */
export function assign(costs: readonly (readonly number[])[], alone: number): number[] {
  const assigned = new Array<number>(costs.length).fill(-1)
  for (const { rows, columns } of groupsOf(costs, alone)) {
    const part = rows.map((row) => columns.map((column) => costs[row]![column]!))
    const found = rows.length > MOST_ROWS ? cheapestFirst(part, alone) : smallestSum(part, alone)
    for (const [n, column] of found.entries()) if (column >= 0) assigned[rows[n]!] = columns[column]!
  }
  return assigned
}

interface Group {
  readonly rows: number[]
  readonly columns: number[]
}

/** Rows and columns that are connected by pairs that cost no more than a row alone; others never go together. */
function groupsOf(costs: readonly (readonly number[])[], alone: number): Group[] {
  const rowsOf: number[][] = Array.from({ length: costs[0]?.length ?? 0 }, () => [])
  const columnsOf = costs.map((row, n) => {
    const columns = [...row.keys()].filter((column) => row[column]! <= alone)
    for (const column of columns) rowsOf[column]!.push(n)
    return columns
  })
  const known = new Set<number>()
  const groups: Group[] = []
  for (const start of costs.keys()) {
    if (known.has(start) || columnsOf[start]!.length === 0) continue
    known.add(start)
    const rows = [start]
    const columns = new Set<number>()
    // Grows while it is gone through.
    for (const row of rows) {
      for (const column of columnsOf[row]!) {
        if (columns.has(column)) continue
        columns.add(column)
        for (const other of rowsOf[column]!) {
          if (known.has(other)) continue
          known.add(other)
          rows.push(other)
        }
      }
    }
    groups.push({ rows, columns: [...columns] })
  }
  return groups
}

function cheapestFirst(costs: readonly (readonly number[])[], alone: number): number[] {
  const assigned = new Array<number>(costs.length).fill(-1)
  const taken = new Set<number>()
  const pairs = costs.flatMap((row, n) =>
    row.flatMap((cost, column) => (cost <= alone ? [{ cost, row: n, column }] : [])),
  )
  for (const { row, column } of pairs.sort((a, b) => a.cost - b.cost)) {
    if (assigned[row]! >= 0 || taken.has(column)) continue
    assigned[row] = column
    taken.add(column)
  }
  return assigned
}

/**
 * The Hungarian method with potentials (Kuhn 1955, Munkres 1957), row by row, in a time that grows with the third power.
 *
 * @returns For each row its column, or -1.
 */
function smallestSum(costs: readonly (readonly number[])[], alone: number): number[] {
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
