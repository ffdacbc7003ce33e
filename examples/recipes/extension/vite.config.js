// `npx vite build` makes dist/, the folder to load as an unpacked extension.

export default {
  build: {
    rollupOptions: {
      input: { popup: 'popup.html', offscreen: 'offscreen.html', background: 'background.js', content: 'content.js' },
      // As the manifest names them.
      output: { entryFileNames: '[name].js' },
    },
  },
}
