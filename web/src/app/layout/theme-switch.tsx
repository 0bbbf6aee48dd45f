import { useState } from 'react';

import { MoonIcon, SunIcon } from '@/components/ui/icons';
import { storageKeys } from '@/lib/storage';

type Theme = 'light' | 'dark';

function shownTheme(): Theme {
  const chosen = document.documentElement.dataset['theme'];
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Follows the system until somebody chooses; public/boot.js applies the choice at the next visit. */
export function ThemeSwitch({ className = '' }: { className?: string }) {
  const [theme, setTheme] = useState(shownTheme);
  const other: Theme = theme === 'dark' ? 'light' : 'dark';
  return (
    <button
      type="button"
      onClick={() => {
        document.documentElement.dataset['theme'] = other;
        try {
          // As plain text, which is what boot.js reads.
          localStorage.setItem(storageKeys.theme, other);
        } catch {
          // Not kept: it holds for this visit.
        }
        setTheme(other);
      }}
      className={`size-11 items-center justify-center rounded-full hover:bg-sunken ${className}`}
    >
      {theme === 'dark' ? <SunIcon className="size-6" /> : <MoonIcon className="size-6" />}
      <span className="sr-only">Switch to the {other} theme</span>
    </button>
  );
}
