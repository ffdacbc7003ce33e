import { spawn } from 'node:child_process'
import { createServer } from 'node:net'

/**
 * Runs a program to its end; fails with what it printed where it fails or takes too long.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, seconds?: number, env?: Record<string, string> }} options
 * @returns {Promise<{ stdout: string, stderr: string }>}
 */
export function run(command, args, { cwd, seconds = 120, env = {} }) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data) => {
    stdout += data
  })
  child.stderr.on('data', (data) => {
    stderr += data
  })
  return new Promise((done, fail) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), 1000 * seconds)
    child.on('error', fail)
    child.on('close', (status, signal) => {
      clearTimeout(timer)
      if (status === 0) return done({ stdout, stderr })
      const why = signal ? `ended by ${signal} (limit ${seconds} s)` : `status ${status}`
      fail(new Error(`${command} ${args.join(' ')}: ${why}\n${tail(stderr)}\n${tail(stdout)}`))
    })
  })
}

/**
 * Starts a server that prints its address as its first line.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, seconds?: number, env?: Record<string, string> }} options
 */
export function serve(command, args, { cwd, seconds = 60, env = {} }) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (data) => {
    stderr += data
  })
  return new Promise((done, fail) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), 1000 * seconds)
    child.stdout.once('data', (data) => {
      clearTimeout(timer)
      done({ url: String(data).trim(), close: () => child.kill('SIGKILL') })
    })
    child.on('close', () => fail(new Error(`the server ended: ${tail(stderr)}`)))
  })
}

/**
 * Starts a server with an address known beforehand, which says that it is ready. All that it starts is ended with it.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, ready: RegExp, seconds?: number, env?: Record<string, string> }} options
 * @returns {Promise<{ output(): string, close(): Promise<void> }>}
 */
export async function startServer(command, args, { cwd, ready, seconds = 60, env = {} }) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  const ended = new Promise((done) => child.on('close', done))
  const close = async () => {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
    await ended
  }
  await new Promise((done, fail) => {
    const timer = setTimeout(() => {
      close()
      fail(new Error(`the server was not ready within ${seconds} s: ${tail(output)}`))
    }, 1000 * seconds)
    const read = (/** @type {Buffer} */ data) => {
      output += data
      if (!ready.test(output)) return
      clearTimeout(timer)
      done(undefined)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('error', fail)
    child.on('close', () => {
      clearTimeout(timer)
      fail(new Error(`the server ended: ${tail(output)}`))
    })
  })
  return { output: () => output, close }
}

/** A port that is free. */
export async function freePort() {
  const server = createServer()
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  await new Promise((done) => server.close(done))
  return port
}

/** @param {string} text */
const tail = (text) => text.trim().slice(-1500)
