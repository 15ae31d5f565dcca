// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what TypeScript asks of a mixin
export type Constructor<T> = abstract new (...args: any[]) => T;
