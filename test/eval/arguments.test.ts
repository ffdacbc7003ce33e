import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import { parseArguments } from '../../bench/eval/arguments.ts'
import { PRESETS } from '../../src/options/options.ts'

const SET = ['--images', 'photographs', '--truth', 'truth.txt']

describe('the command line', () => {
  it('compares the presets on all cores, if nothing else is said', () => {
    const options = parseArguments(SET)!
    expect(options.variants.map(({ name }) => name)).toEqual(Object.keys(PRESETS))
    expect(options).toMatchObject({ confidence: 0.7, falsePositives: undefined, halves: false, every: 1, output: 0 })
    expect(options.workers).toBe(availableParallelism())
  })

  it('takes variants with their ingredients', () => {
    const given = [...SET, '--preset', 'classic', '--variant', 'accurate minFaceSize=20', '--variant', 'fast flip=true']
    const { variants } = parseArguments(given)!
    expect(variants.map(({ name }) => name)).toEqual(['classic', 'accurate minFaceSize=20', 'fast flip=true'])
    expect(parseArguments([...SET, '--variant', 'fast'])!.variants).toHaveLength(1)
  })

  it('takes peers beside them, by their files', () => {
    const { variants } = parseArguments([...SET, '--preset', 'fast', '--peer', 'models/yunet_n.onnx'])!
    expect(variants.map(({ kind, name }) => [kind, name])).toEqual([
      ['ours', 'fast'],
      ['peer', 'yunet_n'],
    ])
  })

  it('takes numbers', () => {
    const given = ['--workers', '1', '--false-positives', '10,100', '--confidence', '0.5', '--halves', '--every', '4']
    const options = parseArguments([...SET, ...given])
    expect(options).toMatchObject({ workers: 1, falsePositives: [10, 100], confidence: 0.5, halves: true, every: 4 })
  })

  it('says what does not fit', () => {
    expect(parseArguments(['--help'])).toBeUndefined()
    expect(() => parseArguments(['--images', 'photographs'])).toThrow(/--truth and --landmarks/)
    expect(() => parseArguments([...SET, '--workers', '0'])).toThrow("--workers must be a whole number from 1, not '0'")
    expect(() => parseArguments([...SET, '--every', '1.5'])).toThrow(/--every/)
    expect(() => parseArguments([...SET, '--false-positives', '10,'])).toThrow(/--false-positives .* not ''/)
    expect(() => parseArguments([...SET, '--confidence', '70'])).toThrow(/from 0 to 1, not '70'/)
    expect(() => parseArguments([...SET, '--preset', ','])).toThrow(/names none/)
  })
})
