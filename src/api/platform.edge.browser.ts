import * as cropping from '../faces/cropping.ts'
import { liveFramesOf } from '../image/browser/live-source.ts'
import { readImage } from '../image/browser/read.ts'
import { fetchBytes, type ImageInput } from '../image/browser/reader.ts'
import * as tracking from '../tracking/tracking.ts'
import { localEngine } from '../workers/engine.ts'
import * as team from '../workers/team-engine.ts'
import type { Platform } from './platform.ts'

/**
 * A server with the interfaces of the web and without workers. What starts workers is not even imported: bundlers for such
 * servers fail at it.
 */
export const ON_THE_EDGE: Platform<ImageInput> = {
  pixels: readImage,
  read: fetchBytes,
  workerSpawners: () => [],
  localEngine,
  cropping: async () => cropping,
  tracking: async () => tracking,
  liveFrames: liveFramesOf,
  team: async () => team,
  worker: false,
  processors: () => 1,
}
