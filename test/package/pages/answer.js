// What the test asks of every page: the faces in a photograph, and where they were found.
export async function answer(create) {
  try {
    const detector = await create()
    const faces = await detector.detectFaces('/faces.jpg')
    tell({ faces: [...faces], worker: detector.info.worker })
    detector.dispose()
  } catch (error) {
    tell({ error: `${error.stack ?? error} ${error.cause?.stack ?? ''}` })
  }
}

// By the console: whatever evaluates something in the page would be stopped by its policy.
export function tell(answer) {
  console.log(`answer ${JSON.stringify(answer)}`)
}
