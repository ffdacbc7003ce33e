export default defineNuxtConfig({
  compatibilityDate: '2026-01-01',
  // The weights are one file of 2.6 MB, loaded when a detector is made.
  vite: { build: { chunkSizeWarningLimit: 3000 } },
})
