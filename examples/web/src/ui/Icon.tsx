const PATHS = {
  picture: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9v.01',
  camera: 'M4 8h3l2-3h6l2 3h3v11H4zM12 17a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7z',
  stop: 'M6 6h12v12H6z',
  turn: 'M4 12a8 8 0 0 1 13.700-5.700L20 8.500M20 4v4.500h-4.500M20 12a8 8 0 0 1-13.700 5.700L4 15.500M4 20v-4.500h4.500',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  save: 'M12 4v11M7.500 10.500L12 15l4.500-4.500M5 20h14',
  play: 'M8 5l11 7-11 7z',
  pause: 'M9 5v14M15 5v14',
  warn: 'M12 4l9 16H3zM12 10v4M12 17v.01',
  drag: 'M9 7l-5 5 5 5M15 7l5 5-5 5',
} as const

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
