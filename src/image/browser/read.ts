import * as onDemand from './on-demand.ts'
import { type ImageReader, imageReader } from './reader.ts'

/** The pixels of any input, with all that is needed in one piece: where nothing can be loaded later. */
export const readImage: ImageReader = /* @__PURE__ */ imageReader(() => onDemand)
