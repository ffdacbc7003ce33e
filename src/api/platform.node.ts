import { availableParallelism } from 'node:os'
import * as cropping from '../faces/cropping.ts'
import { type ImageInput, readBytes, readImage } from '../image/node/read.ts'
import { localEngine } from '../workers/engine.ts'
import { nodeSpawners } from '../workers/spawn.node.ts'
import type { Platform } from './platform.ts'

export type { ImageInput }

export const IN_NODE: Platform<ImageInput> = {
  pixels: readImage,
  read: readBytes,
  workerSpawners: nodeSpawners,
  localEngine,
  cropping: async () => cropping,
  worker: false,
  processors: availableParallelism,
}
