import contactSheet from 'samples/contact-sheet.jpg'
import contactSheetSmall from 'samples/contact-sheet.small.jpg'
import evening from 'samples/evening.jpg'
import eveningSmall from 'samples/evening.small.jpg'
import friends from 'samples/friends.jpg'
import friendsSmall from 'samples/friends.small.jpg'
import painting from 'samples/painting.jpg'
import paintingSmall from 'samples/painting.small.jpg'
import stairs from 'samples/stairs.jpg'
import stairsSmall from 'samples/stairs.small.jpg'
import upsideDown from 'samples/upside-down.jpg'
import upsideDownSmall from 'samples/upside-down.small.jpg'

/** A picture of the gallery. */
export interface Sample {
  /** As it is called in a sentence. */
  name: string
  title: string
  url: string
  small: string
}

export const SAMPLES: readonly [Sample, ...Sample[]] = [
  { name: 'the group', title: 'A group', url: friends, small: friendsSmall },
  { name: 'the contact sheet', title: 'Small faces', url: contactSheet, small: contactSheetSmall },
  { name: 'the stairs', title: 'Against the light', url: stairs, small: stairsSmall },
  { name: 'the picture upside down', title: 'Upside down', url: upsideDown, small: upsideDownSmall },
  { name: 'the evening', title: 'At night', url: evening, small: eveningSmall },
  { name: 'the painting', title: 'A painting', url: painting, small: paintingSmall },
]
