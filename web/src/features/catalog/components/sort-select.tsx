import { sortOrders, type ListState, type SortOrder } from '../list-query';

interface SortSelectProps {
  state: ListState;
  onChange: (state: ListState) => void;
}

export function SortSelect({ state, onChange }: SortSelectProps) {
  const hasSearch = state.query !== '';
  const shown = state.orderBy ?? (hasSearch ? 'relevance' : 'newest');
  return (
    <label className="flex items-center gap-2 text-sm">
      <span className="text-soft">Sort by</span>
      <select
        value={shown}
        onChange={(event) => {
          onChange({ ...state, orderBy: event.target.value as SortOrder });
        }}
        className="min-h-11 rounded-control border border-line-strong bg-surface px-3 font-semibold"
      >
        {Object.entries(sortOrders)
          .filter(([order]) => hasSearch || order !== 'relevance')
          .map(([order, name]) => (
            <option key={order} value={order}>
              {name}
            </option>
          ))}
      </select>
    </label>
  );
}
