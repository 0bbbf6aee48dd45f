interface StockLabelProps {
  /** An int64 of the API. */
  available: string;
  isDetailed?: boolean;
}

const few = 5n;

/** Whether something can be bought now. Says nothing about plenty, unless it is asked to. */
export function StockLabel({ available, isDetailed = false }: StockLabelProps) {
  const count = BigInt(available);
  if (count <= 0n) return <span className="font-semibold text-danger">Sold out</span>;
  if (count <= few) return <span className="font-semibold text-warn">Only {available} left</span>;
  return isDetailed ? <span className="font-semibold text-accent">In stock</span> : null;
}
