import type { ReactNode } from 'react';

interface EmptyStateProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** What a list shows when there is nothing in it, and what to do about that. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center rounded-card border border-dashed border-line px-6 py-14 text-center">
      <svg viewBox="0 0 120 80" aria-hidden="true" className="mb-5 h-20 w-30 text-accent">
        <g
          fill="none"
          stroke="currentColor"
          strokeWidth="2.5"
          strokeLinecap="round"
          strokeLinejoin="round"
        >
          <path d="M18 22h13l11 36h38l11-28H36" />
          <circle cx="50" cy="69" r="5" />
          <circle cx="74" cy="69" r="5" />
          <path d="M96 14c4-6 10-6 12 0M60 6v8M78 9l-3 7M43 10l3 7" opacity="0.5" />
        </g>
      </svg>
      <p className="font-display text-xl">{title}</p>
      {children && <div className="mt-2 max-w-md text-soft">{children}</div>}
      {action && <div className="mt-6 flex flex-wrap justify-center gap-3">{action}</div>}
    </div>
  );
}
