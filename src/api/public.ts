// What every entry exports, whatever it runs on.

export type { RgbaImage } from '../faces/anonymise.ts'
export type { Crop } from '../faces/crops.ts'
export { type Selection, type SelectOptions, selectFaces } from '../faces/select.ts'
export type { LiveFrame, LiveSource } from '../image/frame-source.ts'
export type { EncodedImage, PixelImage } from '../image/pixels.ts'
export type { AnonymiseOptions } from '../options/anonymise.ts'
export type { Colour, CropFacesOptions, CropOptions, CropOutput, ExtractOptions, Template } from '../options/crop.ts'
export type {
  CreateOptions,
  DetectAllOptions,
  DetectOptions,
  ExplainOptions,
  ModuleSource,
  NmsThresholds,
  PoolOptions,
  PoolPolicy,
  Preset,
  Roi,
  Thresholds,
} from '../options/options.ts'
export type { NextOptions, TrackOptions } from '../options/track.ts'
export { MtcnnError, type MtcnnErrorCode } from '../shared/errors.ts'
export type { AnyFace, Box, BoxFace, Face, FaceOf, Faces, Keypoints, Point, Size, Stages } from '../shared/face.ts'
export type { LevelTrace, StageTimes, ThreadTimes, Trace, TurnTrace } from '../shared/trace.ts'
export type { TrackedBoxFace, TrackedFace, TrackedFaceOf, Tracking } from '../shared/tracked-face.ts'
export type { Turn } from '../shared/turn.ts'
export {
  Detector,
  type DetectorInfo,
  DetectorPool,
  type Explanation,
  type ExtractedFaces,
  type FailedImage,
  type IndexedFaces,
  type SkippedBy,
} from './detector.ts'
export type { Sides } from './display.ts'
export { type ReferenceFace, toReference } from './format.ts'
export type { Fit } from './layout.ts'
export { type ScaleOptions, type SizeSource, scaleFaces } from './scale.ts'
export type { StreamedFaces } from './stream.ts'
export type { Tracker } from './tracker.ts'
