import { spawn } from 'node:child_process'

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
 * @param {{ cwd: string, seconds?: number }} options
 */
export function serve(command, args, { cwd, seconds = 60 }) {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
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

/** @param {string} text */
const tail = (text) => text.trim().slice(-1500)
