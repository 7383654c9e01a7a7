/**
 * A bound for each address of readers. Whoever comes from this machine itself is often not one reader, but a proxy that
 * stands for all of them: unless an operator has set a bound, there is none for it.
 */
export type AddressLimit = { each: number; thisMachine: number };

/** @param address as `clientAddress` writes it. */
export function limitOf({ each, thisMachine }: AddressLimit, address: string): number {
  return address === "::1" || address.startsWith("127.") ? thisMachine : each;
}
