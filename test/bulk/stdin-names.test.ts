import { describe, expect, it } from 'vitest'
import { namesIn } from '../../src/bulk/stdin-names.ts'

async function read(chunks: (string | Uint8Array)[], nul = false): Promise<string[]> {
  const names: string[] = []
  async function* input() {
    for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  }
  for await (const name of namesIn(input(), { nul })) names.push(name)
  return names
}

describe('names on standard input', () => {
  it('one a line, however the bytes arrive', async () => {
    expect(await read(['a.jpg\nb c.j', 'pg\n', '\n\r\nd.jpg\r\ne.jpg'])).toEqual(['a.jpg', 'b c.jpg', 'd.jpg', 'e.jpg'])
    const bytes = Buffer.from('ä.jpg\nö.jpg\n')
    expect(await read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(['ä.jpg', 'ö.jpg'])
    expect(await read([])).toEqual([])
  })

  it('ended by NUL characters, with line breaks in them', async () => {
    expect(await read(['a\nb.jpg\0c\r\0', '\0d'], true)).toEqual(['a\nb.jpg', 'c\r', 'd'])
  })

  it('whatever bytes they have', async () => {
    expect(await read([Uint8Array.of(0x61, 0xe9, 10)])).toEqual(['a\udce9'])
  })

  it('are not taken for what is no list of names', async () => {
    await expect(read(['a.jpg\0b.jpg\0'])).rejects.toThrow("give '-0'")
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16)
    await expect(read([jpeg])).rejects.toThrow('standard input is a JPEG file: here it is a list of names')
    await expect(read(['a'.repeat(70_000)])).rejects.toThrow('is no list of names')
  })
})
