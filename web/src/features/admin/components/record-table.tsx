import type { ReactNode } from 'react';

interface RecordTableProps {
  /** What it lists, for screen readers. */
  name: string;
  columns: readonly string[];
  /** On a phone, the first column says everything, and the others are away. */
  isFolding?: boolean;
  children: ReactNode;
}

export const cell = 'px-4 py-3 text-left';
/** Of a column that is away on a phone. */
export const foldedCell = `${cell} max-sm:hidden`;

/** A table with a head. A wide one scrolls by itself; a named region with the focus does by keys. */
export function RecordTable({ name, columns, isFolding = false, children }: RecordTableProps) {
  return (
    <div
      role="region"
      aria-label={name}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="overflow-x-auto rounded-card border border-line bg-surface"
    >
      <table className={`w-full text-sm ${isFolding ? 'sm:min-w-2xl' : 'min-w-2xl'}`}>
        <thead className="border-b border-line text-soft">
          <tr>
            {columns.map((column, at) => (
              <th key={column} scope="col" className={isFolding && at > 0 ? foldedCell : cell}>
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
