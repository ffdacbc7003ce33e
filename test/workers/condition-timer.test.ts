import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ConditionTimer } from '../../src/workers/condition-timer.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('ConditionTimer', () => {
  it('acts once when the condition has held for the time, counted from when it began to hold', () => {
    const act = vi.fn()
    const timer = new ConditionTimer(100, act)
    timer.set(true)
    vi.advanceTimersByTime(60)
    timer.set(true)
    vi.advanceTimersByTime(39)
    expect(act).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(act).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(1000)
    expect(act).toHaveBeenCalledTimes(1)
    timer.set(true)
    vi.advanceTimersByTime(100)
    expect(act).toHaveBeenCalledTimes(2)
  })

  it('begins anew after a break', () => {
    const act = vi.fn()
    const timer = new ConditionTimer(100, act)
    timer.set(true)
    vi.advanceTimersByTime(99)
    timer.set(false)
    expect(vi.getTimerCount()).toBe(0)
    timer.set(true)
    vi.advanceTimersByTime(99)
    expect(act).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(act).toHaveBeenCalledTimes(1)
  })
})
