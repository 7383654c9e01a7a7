declare module "cluster-key-slot" {
  /** The slot of a cluster that a key or a channel belongs to. */
  export default function keySlot(key: string): number;
}
