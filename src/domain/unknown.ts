/** Something that decides over the result cannot be known, so the leg is built; the message says what it is. */
export class Unknown extends Error {}
