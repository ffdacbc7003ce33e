/**
 * Instances of a global class, for types of the public API: `Global<'Blob'>` is Blob in a project whose types have it, and
 * nothing in one whose types do not. So the library's types need neither those of browsers nor those of Node.
 */
export type Global<Name extends string> = Name extends string
  ? typeof globalThis extends { readonly [N in Name]: { readonly prototype: infer Instance } }
    ? Instance
    : never
  : never

/** WebAssembly.Module, where the project's types have it. */
export type CompiledModule = typeof globalThis extends {
  readonly WebAssembly: { readonly Module: { readonly prototype: infer Module } }
}
  ? Module
  : object

/** What `using` asks for, where the project's types know `Symbol.dispose`. */
export type DisposedByUsing = SymbolConstructor extends { readonly dispose: infer Key }
  ? Key extends symbol
    ? { [K in Key]: () => void }
    : object
  : object

/**
 * `Uint8ClampedArray` over memory that is not shared, as `ImageData` wants it: TypeScript tells that apart from 5.7 on, and has no
 * name for it before.
 */
export type ClampedBytes = ReturnType<typeof Uint8ClampedArray.of>
