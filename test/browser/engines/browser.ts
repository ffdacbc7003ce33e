/** A browser with one page, which shows the tests. */
export interface Browser {
  readonly name: string
  readonly version: string
  open(url: string): Promise<void>
  /** What is to be seen of the page: a PNG file in base64. */
  photograph(): Promise<string>
  /** Ends it; nothing of it is left. */
  close(): Promise<void>
}
