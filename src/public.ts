// What every entry exports, whatever it runs on.

export { MtcnnError, type MtcnnErrorCode } from './errors.ts'
export type { Box, Face, Faces, Keypoints, Point, Size } from './face.ts'
export { type ReferenceFace, toReference } from './format.ts'
export type { EncodedImage, PixelImage } from './image.ts'
export type { ModuleSource } from './kernels.ts'
export type { Detector, DetectorInfo, Explanation, IndexedFaces } from './mtcnn.ts'
export type {
  CreateOptions,
  DetectOptions,
  ExplainOptions,
  NmsThresholds,
  PoolOptions,
  Roi,
  Thresholds,
} from './options.ts'
export { type ScaleOptions, type SizeSource, scaleFaces } from './scale.ts'
export type { StreamedFaces } from './stream.ts'
export type { LevelTrace, StageTimes, Trace } from './trace.ts'
