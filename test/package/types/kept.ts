// Compiled, never run: what Vue and Pinia make of the types of detectors and faces can be used as these.
import { type Faces, MTCNN, MTCNNPool } from 'mtcnn-wasm'
import { defineStore } from 'pinia'
import { type Ref, reactive, ref } from 'vue'

declare function take(detector: MTCNN, pool: MTCNNPool, faces: Faces): void

export async function use(faces: Faces): Promise<void> {
  const single = ref<MTCNN>()
  single.value = await MTCNN.create()
  const typed: Ref<MTCNN | undefined> = ref<MTCNN>()
  const kept = reactive({ detector: single.value, pool: await MTCNNPool.create(), faces })
  const store = defineStore('kept', { state: () => ({ detector: undefined as MTCNN | undefined }) })()
  take(single.value, kept.pool, kept.faces)
  take(typed.value ?? kept.detector, kept.pool, faces)
  if (store.detector) take(store.detector, kept.pool, faces)
}
