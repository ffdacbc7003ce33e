import { availableParallelism } from 'node:os'
import * as cropping from '../faces/cropping.ts'
import { newestOf } from '../image/frame-source.ts'
import { type ImageInput, readBytes, readImage } from '../image/node/read.ts'
import { tagOf } from '../shared/errors.ts'
import * as tracking from '../tracking/tracking.ts'
import { localEngine } from '../workers/engine.ts'
import { nodeSpawners } from '../workers/spawn.node.ts'
import * as team from '../workers/team-engine.ts'
import type { Platform } from './platform.ts'

export type { ImageInput }

export const IN_NODE: Platform<ImageInput> = {
  pixels: readImage,
  read: readBytes,
  workerSpawners: nodeSpawners,
  localEngine,
  cropping: async () => cropping,
  tracking: async () => tracking,
  liveFrames: (source) =>
    tagOf(source) === 'ReadableStream' ? newestOf(source as AsyncIterable<ImageInput>) : undefined,
  team: async () => team,
  worker: false,
  processors: availableParallelism,
}
