import type { ComponentProps } from 'react';
import { Link, type LinkProps } from 'react-router';

import { classes } from './classes';
import { Spinner } from './spinner';

type Variant = 'primary' | 'secondary' | 'quiet' | 'danger';
type Size = 'small' | 'medium' | 'large';

const base =
  'inline-flex items-center justify-center gap-2 rounded-control font-semibold text-center ' +
  'transition-colors disabled:opacity-55 aria-disabled:opacity-55';

const variants: Record<Variant, string> = {
  primary: 'bg-accent text-accent-ink hover:bg-accent-strong',
  secondary: 'border border-line-strong bg-surface text-ink hover:border-accent hover:text-accent',
  quiet: 'text-accent hover:bg-accent-soft',
  danger: 'border border-danger bg-surface text-danger hover:bg-danger-soft',
};

// Targets are at least 44 px high where there is room, and never under 36 (WCAG 2.2, 2.5.8: 24).
const sizes: Record<Size, string> = {
  small: 'min-h-9 px-3 py-1 text-sm',
  medium: 'min-h-11 px-4 py-2',
  large: 'min-h-12 px-6 py-2.5 text-lg',
};

interface Look {
  variant?: Variant;
  size?: Size;
}

function lookOf({ variant = 'primary', size = 'medium' }: Look, className?: string): string {
  return classes(base, variants[variant], sizes[size], className);
}

interface ButtonProps extends ComponentProps<'button'>, Look {
  /** Work is under way: the button says so, keeps the focus and does nothing. */
  isBusy?: boolean;
}

export function Button({ variant, size, isBusy = false, className, ...props }: ButtonProps) {
  const { children, onClick, ...rest } = props;
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={isBusy || undefined}
      aria-busy={isBusy || undefined}
      onClick={(event) => {
        // Disabling it would throw the focus away, and a submit button would submit again.
        if (isBusy) event.preventDefault();
        else onClick?.(event);
      }}
      className={lookOf({ ...(variant && { variant }), ...(size && { size }) }, className)}
    >
      {isBusy && <Spinner />}
      {children}
    </button>
  );
}

interface ButtonLinkProps extends LinkProps, Look {}

export function ButtonLink({ variant, size, className, ...props }: ButtonLinkProps) {
  return (
    <Link
      {...props}
      className={lookOf({ ...(variant && { variant }), ...(size && { size }) }, className)}
    />
  );
}
