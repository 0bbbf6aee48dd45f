import type { ReactNode } from 'react';

interface RecordTableProps {
  /** What it lists, for screen readers. */
  name: string;
  columns: readonly string[];
  children: ReactNode;
}

export const cell = 'px-4 py-3 text-left';

/** A table with a head. A wide one scrolls by itself; a named region with the focus does by keys. */
export function RecordTable({ name, columns, children }: RecordTableProps) {
  return (
    <div
      role="region"
      aria-label={name}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="overflow-x-auto rounded-card border border-line bg-surface"
    >
      <table className="w-full min-w-2xl text-sm">
        <thead className="border-b border-line text-soft">
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" className={cell}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">{children}</tbody>
      </table>
    </div>
  );
}
