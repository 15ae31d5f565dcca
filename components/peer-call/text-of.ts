/** Of an attribute that may be gone. */
export const textOf = (value: string | null): string => value ?? '';
