import type { ReactNode } from 'react';

/** Names and values, as a list of definitions. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid gap-x-8 gap-y-1 rounded-card border border-line bg-surface p-5 sm:grid-cols-[max-content_1fr]">
      {facts.map(([term, value]) => (
        <div key={term} className="contents">
          <dt className="text-soft">{term}</dt>
          <dd className="mb-2 min-w-0 font-medium break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
