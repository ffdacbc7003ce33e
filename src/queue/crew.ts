import type { QueueOptions } from './identity.ts'

/** What searches the images of one process. */
export interface Crew {
  /** How many images are searched at a time. */
  readonly size: number
  /**
   * Reads and searches images, and gives what is known of each, in their order.
   *
   * @throws what ends the whole process: nothing of this kind is the fault of an image.
   */
  search(images: readonly { name: string; source: string }[], options: QueueOptions): Promise<Line[]>
  close(): Promise<void>
}

/** What is known of one image: a line of the output. */
export type Line = { file: string } & ({ width: number; height: number; faces: object[] } | { error: LineError })

export interface LineError {
  code: string
  message: string
}
