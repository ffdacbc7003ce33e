/**
 * A server of another origin, whose pictures a page may show but not read.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { servePicture } from './pictures.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the other server, without a slash at its end. */
    elsewhere: string
  }
}

export default async function setup(project: TestProject) {
  const server = createServer((request, response) => void servePicture(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  project.provide('elsewhere', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return () => new Promise((resolve) => server.close(resolve))
}
