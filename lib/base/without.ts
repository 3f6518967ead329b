/** The same members but those. */
export function without<T extends object, K extends keyof T>(members: T, ...names: K[]): Omit<T, K>;
export function without(members: object, ...names: PropertyKey[]): object {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)));
}
