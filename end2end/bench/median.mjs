/** The middle one of some numbers, the upper of two. */
export const middle = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
