/**
 * The nets as ONNX files (opset 13), from our own weights.
 *
 * Input `x`: float32 NCHW, RGB, (p - 127.5) / 128. P-Net takes any n, h, w and gives `score` (n, 2, h', w') after softmax and
 * `regression` (n, 4, h', w'). R-Net (n, 3, 24, 24) and O-Net (n, 3, 48, 48) give `score` (n, 2), `regression` (n, 4) and O-Net
 * `landmarks` (n, 10: five x, five y).
 */
import type { Weights } from '../../src/assets/weights.ts'
import { denseFor, kernelFor, type Layer, type Net, type Shaped, stored } from '../peers/nets.ts'
import { encode, type Field, type Message } from './protobuf.ts'

// Field numbers of onnx.proto.
const MODEL = { irVersion: 1, producer: 2, graph: 7, opset: 8 } as const
const OPSET = { domain: 1, version: 2 } as const
const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 } as const
const NODE = { input: 1, output: 2, name: 3, operator: 4, attribute: 5 } as const
const ATTRIBUTE = { name: 1, int: 3, ints: 8, type: 20 } as const
const TENSOR = { dimension: 1, type: 2, name: 8, raw: 9 } as const
const VALUE = { name: 1, type: 2 } as const
const DIMENSION = { value: 1, name: 2 } as const

const FLOAT = 1
const ATTRIBUTE_INT = 2
const ATTRIBUTE_INTS = 7

type Attributes = Record<string, number | readonly number[]>

function attribute([name, value]: [string, number | readonly number[]]): Field {
  const content: Message =
    typeof value === 'number'
      ? [
          [ATTRIBUTE.int, value],
          [ATTRIBUTE.type, ATTRIBUTE_INT],
        ]
      : [...value.map((n): Field => [ATTRIBUTE.ints, n]), [ATTRIBUTE.type, ATTRIBUTE_INTS]]
  return [NODE.attribute, [[ATTRIBUTE.name, name], ...content]]
}

/** A graph under construction: layers go behind one another. */
class Builder {
  readonly nodes: Field[] = []
  readonly constants: Field[] = []

  constructor(
    readonly net: Net,
    readonly weights: Weights,
  ) {}

  node(operator: string, inputs: readonly string[], output: string, attributes: Attributes = {}): string {
    const content: Message = [
      ...inputs.map((name): Field => [NODE.input, name]),
      [NODE.output, output],
      [NODE.name, output],
      [NODE.operator, operator],
      ...Object.entries(attributes).map(attribute),
    ]
    this.nodes.push([GRAPH.node, content])
    return output
  }

  constant(name: string, { data, shape }: Shaped): string {
    const content: Message = [
      ...shape.map((n): Field => [TENSOR.dimension, n]),
      [TENSOR.type, FLOAT],
      [TENSOR.name, name],
      [TENSOR.raw, littleEndian(data)],
    ]
    this.constants.push([GRAPH.initializer, content])
    return name
  }

  /** @returns The name of what the layer gives. */
  layer(layer: Layer, input: string, place: string): string {
    if (layer.kind === 'pool') {
      const { size, ceil } = layer
      return this.node('MaxPool', [input], place, {
        kernel_shape: [size, size],
        strides: [2, 2],
        ceil_mode: ceil ? 1 : 0,
      })
    }
    const tensor = (name: string) => stored(this.weights, `${this.net.name}/${name}`)
    const kernel = tensor(`${layer.name}/weights`)
    const isConv = layer.kind === 'conv'
    const ordered = isConv ? kernelFor('nchw', kernel) : denseFor('nchw', kernel, layer.side)
    const names = [this.constant(`${place}_w`, ordered), this.constant(`${place}_b`, tensor(`${layer.name}/bias`))]
    let from = input
    if (layer.kind === 'dense' && layer.side > 1) from = this.node('Flatten', [input], `${place}_flat`, { axis: 1 })
    const operator = isConv ? 'Conv' : 'Gemm'
    if (layer.slopes === undefined) return this.node(operator, [from, ...names], place)
    const sums = this.node(operator, [from, ...names], `${place}_sum`)
    const slopes = tensor(layer.slopes)
    const shape = isConv ? [slopes.data.length, 1, 1] : slopes.shape
    return this.node('PRelu', [sums, this.constant(`${place}_slope`, { data: slopes.data, shape })], place)
  }
}

function littleEndian(data: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * data.length))
  data.forEach((value, n) => {
    view.setFloat32(4 * n, value, true)
  })
  return new Uint8Array(view.buffer)
}

function value(name: string, shape: readonly (number | string)[]): Message {
  const dimensions = shape.map((n): Field => [1, [typeof n === 'number' ? [DIMENSION.value, n] : [DIMENSION.name, n]]])
  const tensorType: Message = [
    [1, FLOAT],
    [2, dimensions],
  ]
  return [
    [VALUE.name, name],
    [VALUE.type, [[1, tensorType]]],
  ]
}

/** The bytes of a net's ONNX file. */
export function onnxModel(net: Net, weights: Weights): Uint8Array {
  const builder = new Builder(net, weights)
  let last = 'x'
  net.body.forEach((layer, n) => {
    last = builder.layer(layer, last, `layer${n}`)
  })
  const map = net.side === 0 ? ['h_out', 'w_out'] : []
  const outputs: Field[] = []
  for (const [name, head] of Object.entries(net.heads)) {
    if (!head) continue
    if (name === 'score') builder.node('Softmax', [builder.layer(head, last, 'logits')], name, { axis: 1 })
    else builder.layer(head, last, name)
    const channels = { score: 2, regression: 4, landmarks: 10 }[name as 'score' | 'regression' | 'landmarks']
    outputs.push([GRAPH.output, value(name, ['n', channels, ...map])])
  }
  const sides = net.side === 0 ? ['h', 'w'] : [net.side, net.side]
  const graph: Message = [
    ...builder.nodes,
    [GRAPH.name, net.name],
    ...builder.constants,
    [GRAPH.input, value('x', ['n', 3, ...sides])],
    ...outputs,
  ]
  const opset: Message = [
    [OPSET.domain, ''],
    [OPSET.version, 13],
  ]
  return encode([
    [MODEL.irVersion, 7],
    [MODEL.producer, 'mtcnn-wasm'],
    [MODEL.graph, graph],
    [MODEL.opset, opset],
  ])
}
