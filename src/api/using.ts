import type { DisposedByUsing } from '../shared/global.ts'

/** Where an engine has no `Symbol.dispose`, compilers of `using` take this one. */
const DISPOSE: symbol = /* @__PURE__ */ (() => Symbol.dispose ?? Symbol.for('Symbol.dispose'))()

abstract class Disposing {
  abstract dispose(): void

  [DISPOSE](): void {
    this.dispose()
  }
}

/** What can be disposed of by `using`. Typed so that a project need not have the types of `Symbol.dispose`. */
export const Using = Disposing as unknown as abstract new () => DisposedByUsing
