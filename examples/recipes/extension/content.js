// In every page: frames the faces of its pictures. A content script runs under the rules of the page; the background looks for
// the faces, and may fetch pictures of every site.

async function frameFaces(image) {
  await image.decode()
  const answer = await chrome.runtime.sendMessage({ to: 'background', url: image.currentSrc })
  if (answer.error) throw new Error(answer.error)
  const place = image.getBoundingClientRect()
  const scale = { x: place.width / answer.width, y: place.height / answer.height }
  for (const { box } of answer.faces) {
    const frame = document.createElement('div')
    frame.className = 'face-frame'
    Object.assign(frame.style, {
      position: 'absolute',
      boxSizing: 'border-box',
      border: '2px solid lime',
      pointerEvents: 'none',
      left: `${scrollX + place.left + box.x * scale.x}px`,
      top: `${scrollY + place.top + box.y * scale.y}px`,
      width: `${box.width * scale.x}px`,
      height: `${box.height * scale.y}px`,
    })
    document.body.append(frame)
  }
}

for (const image of document.images) {
  frameFaces(image).catch((error) => console.warn(`no faces of ${image.currentSrc}: ${error.message}`))
}
