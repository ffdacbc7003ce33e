interface ResizableBuffer extends ArrayBuffer {
  resize(length: number): void
}

/** A buffer that can grow and shrink. TypeScript knows them from ES2024 only. */
export function resizable(length: number, maxByteLength: number): ResizableBuffer {
  const Resizable = ArrayBuffer as unknown as new (length: number, options: object) => ResizableBuffer
  return new Resizable(length, { maxByteLength })
}
