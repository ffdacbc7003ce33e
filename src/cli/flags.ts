import { DEFAULT_OPTIONS as defaults } from '../options/options.ts'
import { BLUR_FLAGS, BULK_FLAGS, CROP_FLAGS } from './bulk-flags.ts'
import { type Flag, number, numbers } from './flag.ts'

const { nms, thresholds } = defaults

/** All flags, in the order of --help. */
export const FLAGS: readonly Flag[] = [
  {
    name: 'preset',
    value: 'name',
    option: 'preset',
    help: [
      'classic (default): as the Python package mtcnn 0.1.1; accurate: more and smaller faces,',
      'better placed, slower; balanced: as accurate, faces of 20 pixels and more; fast: of 40',
      'pixels and more. Defaults below: those of classic',
    ],
    read: (text) => text,
  },
  {
    name: 'min-face',
    value: 'pixels',
    option: 'minFaceSize',
    help: [`smallest face looked for, in pixels of the photograph (default ${defaults.minFaceSize})`],
    read: number,
  },
  {
    name: 'scale-factor',
    value: 'ratio',
    option: 'scaleFactor',
    help: [`size of one pyramid level relative to the one before it (default ${defaults.scaleFactor})`],
    read: number,
  },
  {
    name: 'thresholds',
    value: 'p,r,o',
    option: 'thresholds',
    help: [
      'scores under which P-Net, R-Net and O-Net drop a candidate',
      `(default ${thresholds.proposal},${thresholds.refine},${thresholds.output})`,
    ],
    read: (text) => {
      const [proposal, refine, output] = numbers(text, ['p', 'r', 'o'])
      return { proposal, refine, output }
    },
  },
  {
    name: 'nms',
    value: 'l,p,r,o',
    option: 'nms',
    help: [
      'overlaps over which the weaker of two boxes is dropped: within a level, in the whole',
      `pyramid, after R-Net, after O-Net (default ${nms.level},${nms.pyramid},${nms.refine},${nms.output})`,
    ],
    read: (text) => {
      const [level, pyramid, refine, output] = numbers(text, ['l', 'p', 'r', 'o'])
      return { level, pyramid, refine, output }
    },
  },
  {
    name: 'max-faces',
    value: 'count',
    option: 'maxFaces',
    help: ['only this many faces, the most confident ones (default all)'],
    read: number,
  },
  {
    name: 'stages',
    value: 'full|boxes',
    option: 'stages',
    help: [`'boxes' leaves out O-Net: faster, looser boxes, no keypoints (default ${defaults.stages})`],
    read: (text) => text,
  },
  {
    name: 'patches',
    value: 'way',
    option: 'patches',
    help: [`how patches for R-Net and O-Net are resized: area, bicubic or subpixel (default ${defaults.patches})`],
    read: (text) => text,
  },
  {
    name: 'flip',
    negatable: true,
    option: 'flip',
    help: ['run O-Net on each patch and on its mirror image, and take the mean'],
  },
  {
    name: 'passes',
    value: '1|2',
    option: 'passes',
    help: [`with 2, O-Net runs once more on the boxes it gave (default ${defaults.passes})`],
    read: number,
  },
  {
    name: 'confidence',
    value: 'kind',
    option: 'confidence',
    help: [`output: O-Net's score; consensus: how sure all nets together are (default ${defaults.confidence})`],
    read: (text) => text,
  },
  {
    name: 'rotate',
    value: 'turns',
    option: 'rotate',
    help: [
      'look for turned faces, too: all, or some of 0,90,180,270 (degrees clockwise);',
      'each turn takes as long as a search (default 0)',
    ],
    read: (text) => text === 'all' || text.split(',').map(number),
  },
  {
    name: 'pad',
    value: 'share',
    option: 'pad',
    help: ['search a grey border, too; its width as a share of the shorter side, 0 to 1 (default 0)'],
    read: number,
  },
  {
    name: 'clip',
    negatable: true,
    option: 'clip',
    help: ['cut boxes at the edges of the photograph (default yes)'],
  },
  {
    name: 'roi',
    value: 'x,y,w,h',
    option: 'roi',
    help: ['search this rectangle only (pixels); results stay in coordinates of the photograph'],
    read: (text) => {
      const [x, y, width, height] = numbers(text, ['x', 'y', 'w', 'h'])
      return { x, y, width, height }
    },
  },
  {
    name: 'strict',
    negatable: true,
    option: 'strict',
    help: ['refuse image files that are damaged (default no: what is there of them is searched)'],
  },
  {
    name: 'max-pixels',
    value: 'count',
    option: 'maxPixels',
    help: [`refuse images of more pixels, before they are decoded (default ${defaults.maxPixels})`],
    read: number,
  },
  {
    name: 'max-bytes',
    value: 'count',
    option: 'maxBytes',
    help: [`refuse image files of more bytes (default ${defaults.maxBytes})`],
    read: number,
  },
  {
    name: 'precision',
    value: 'exact|fast',
    option: 'precision',
    help: ["'fast' uses fused multiply-adds where the processor has them (default exact)"],
    read: (text) => text,
  },
  {
    name: 'worker',
    negatable: true,
    option: 'worker',
    uses: ['print'],
    help: ['search in a worker thread (default no)'],
  },
  {
    name: 'threads',
    value: 'count|auto',
    option: 'threads',
    help: ["search each image in as many worker threads together; 'auto': one fewer than processors", '(default 1)'],
    read: (text) => (text === 'auto' ? text : number(text)),
  },
  {
    name: 'workers',
    value: 'count',
    help: [
      'do as many images at a time; for many images a process for each (default: processors), else',
      'a thread (default one, without)',
    ],
  },
  {
    name: 'weights',
    value: 'f32|f16|file',
    option: 'weights',
    help: ['weights in half precision, or others in the container format of this package (default f32)'],
    read: (text) => text,
  },
  {
    name: 'module',
    value: 'file',
    option: 'module',
    help: ["kernels other than those built in: this version's mtcnn.wasm or mtcnn.relaxed.wasm"],
    read: (text) => text,
  },
  { name: 'json', uses: ['print'], help: ['print JSON in the form of the Python package mtcnn 0.1.1'] },
  ...BULK_FLAGS,
  {
    name: 'draw',
    value: 'out',
    help: ["write the photograph with boxes and landmarks; the format goes by the name's ending"],
  },
  { name: 'force', help: ['let pictures overwrite files that exist; a photograph that is searched never is'] },
  ...CROP_FLAGS,
  ...BLUR_FLAGS,
  { name: 'explain', uses: ['print'], help: ['also say what each stage found, and how long it took'] },
  { name: 'scores', uses: ['print'], help: ["with --explain --json: also the score of every cell of P-Net's maps"] },
  { name: 'help', short: 'h', help: ['print this and stop'] },
  { name: 'version', short: 'v', help: ['print the version and stop'] },
]
