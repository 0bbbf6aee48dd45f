/** The shape of a page below its heading, while its contents are not known yet. */
export function PageSkeleton() {
  return (
    <div role="status" className="space-y-6">
      <span className="sr-only">Loading</span>
      <div className="skeleton h-28 rounded-card" />
      <div className="skeleton h-28 rounded-card" />
      <div className="skeleton h-28 rounded-card" />
    </div>
  );
}
