import { useEffect, useRef, useState } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router';

import { SearchIcon } from '@/components/ui/icons';
import { paths } from '@/config/paths';
import { useDebounced } from '@/lib/use-debounced';

const debounceMs = 250;

/** Searches as one types. On the list it keeps the filters; elsewhere it leads to the list. */
export function SearchBar() {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [parameters] = useSearchParams();
  const isOnList = pathname === paths.products;
  const inAddress = isOnList ? (parameters.get('q') ?? '') : '';
  const [text, setText] = useState(inAddress);
  const pushed = useRef(inAddress);

  // Back, and links to a search, change the address without anybody typing.
  useEffect(() => {
    if (inAddress !== pushed.current) {
      pushed.current = inAddress;
      setText(inAddress);
    }
  }, [inAddress]);

  const search = (value: string) => {
    const query = value.trim();
    if (query === pushed.current || (!query && !isOnList)) return;
    const next = new URLSearchParams(isOnList ? parameters : undefined);
    if (query) next.set('q', query);
    else next.delete('q');
    pushed.current = query;
    // One step of Back for a whole search, not one for each letter.
    const replace = isOnList && inAddress !== '';
    void navigate({ pathname: paths.products, search: next.toString() }, { replace });
  };
  useDebounced(text, debounceMs, search);

  return (
    <form
      role="search"
      className="relative"
      onSubmit={(event) => {
        event.preventDefault();
        search(text);
      }}
    >
      <label htmlFor="search" className="sr-only">
        Search products
      </label>
      <SearchIcon className="pointer-events-none absolute top-1/2 left-3.5 size-5 -translate-y-1/2 text-soft" />
      <input
        id="search"
        type="search"
        value={text}
        maxLength={200}
        placeholder="Search lamps, rugs, oak…"
        autoComplete="off"
        enterKeyHint="search"
        onChange={(event) => {
          setText(event.target.value);
        }}
        className="min-h-11 w-full rounded-full border border-line-strong bg-surface pr-4 pl-11 placeholder:text-soft"
      />
    </form>
  );
}
