import type { ReferenceFace } from '../api/format.ts'
import { printable, printableJson } from '../bulk/printable.ts'
import type { AnyFace, Size } from '../shared/face.ts'
import { facesTable, type Trace, traceTable } from './table.ts'

/** What became of one input. */
export interface Outcome {
  name: string
  /** Missing where the image could not be read or searched. */
  found?: { image: Size; faces: readonly AnyFace[]; trace: Trace | undefined }
  /** Where the drawing was written. */
  drawing?: string
  /** Why something was not done. */
  error?: string
}

/** Prints outcomes as they come. */
export interface Report {
  add(outcome: Outcome): void
  end(): void
}

type Print = (text: string) => void
type ToReference = (faces: readonly AnyFace[]) => ReferenceFace[]

/** An input's name for people. */
export function titleOf(name: string): string {
  return name === '-' ? 'standard input' : name
}

/** Tables for people. Errors are not among them: they go to standard error. */
export function tableReport(print: Print): Report {
  let separator = ''
  return {
    add({ name, found, drawing }) {
      if (found === undefined) return
      print(`${separator}${facesTable(titleOf(name), found.image, found.faces)}\n`)
      if (found.trace !== undefined) print(`\n${traceTable(found.trace)}\n`)
      if (drawing !== undefined) print(`  drawn to ${printable(drawing)}\n`)
      separator = '\n'
    },
    end: () => {},
  }
}

/** The faces of the one image there is, one a line: a whole document, also for programs that search by line. */
export function singleJsonReport(print: Print, toReference: ToReference): Report {
  return {
    add({ found }) {
      if (found === undefined) return
      const faces = toReference(found.faces)
      if (found.trace !== undefined) print(`${printableJson({ faces, trace: found.trace })}\n`)
      else if (faces.length === 0) print('[]\n')
      else print(`[\n${faces.map((face) => `  ${printableJson(face)}`).join(',\n')}\n]\n`)
    },
    end: () => {},
  }
}

/** One entry for each input, one a line, those that failed among them. A run that is stopped ends with a whole document too. */
export function listJsonReport(print: Print, toReference: ToReference): Report {
  let separator = '[\n  '
  return {
    add({ name, found, drawing, error }) {
      const searched = found && { faces: toReference(found.faces), ...(found.trace && { trace: found.trace }) }
      const entry = { file: name, ...searched, ...(drawing && { drawing }), ...(error && { error }) }
      print(separator + printableJson(entry))
      separator = ',\n  '
    },
    end: () => print(separator.startsWith('[') ? '[]\n' : '\n]\n'),
  }
}
