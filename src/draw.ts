export { type DrawContext, drawFaces } from './draw/canvas.ts'
export type { DrawStyle } from './draw/style.ts'
export { facesToSvg } from './draw/svg.ts'
