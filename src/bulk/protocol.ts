import type { AnonymiseOptions } from '../options/anonymise.ts'
import type { CropOptions } from '../options/crop.ts'
import type { CreateOptions } from '../options/options.ts'
import type { Line } from './line.ts'

/** A folder that pictures are written to: each lies as deep below it as its image below `base`. */
export interface PictureFolder {
  /** Absolute. */
  folder: string
  /** Absolute: the folder that all images lie below, but for addresses. */
  base: string
  /** The ending of the pictures, such as `.png`; undefined: each that of its image. */
  ending: string | undefined
}

/** What is done with each image. */
export type Task = { draw?: PictureFolder | undefined } & (
  | { kind: 'detect' }
  | { kind: 'crop'; crop: CropOptions; out: PictureFolder }
  /** Without a folder: in place. */
  | { kind: 'blur'; hide: AnonymiseOptions; out: PictureFolder | undefined }
)

/** What a worker is told when it starts. It is copied: the options hold no signal, and weights and kernels by their names. */
export interface Setup {
  options: Omit<CreateOptions, 'signal'>
  task: Task
}

/** One image. */
export interface Job {
  /** A path, or an `http:` or `https:` address. */
  name: string
  /** The file itself, where there is no path. */
  bytes?: Uint8Array
}

/** A file that takes the place of another: from then on the image is without its faces. */
export interface Replacement {
  from: string
  to: string
}

/** What became of one image. */
export interface Answer {
  line: Line
  /** Not made yet: the line is written first, since afterwards the faces cannot be found again. */
  replacement?: Replacement
}

/** What goes to a worker. */
export type Order = { type: 'start'; setup: Setup } | { type: 'job'; job: Job }

/** What a worker answers. */
export type Reply =
  | { type: 'ready' }
  /** It cannot start with this setup, and no other worker can. */
  | { type: 'refused'; code: string; message: string }
  | { type: 'done'; answer: Answer }
  /** What failed will fail for every image: a full disk. */
  | { type: 'hopeless'; message: string }
