import { useId, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes } from 'react';

import { classes } from './classes';

const control =
  'w-full min-h-11 rounded-control border bg-surface px-3 py-2 text-ink placeholder:text-soft';

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  /** Shown as "(optional)"; everything else is required. */
  isOptional?: boolean;
}

interface LabelledProps extends FieldProps {
  id: string;
  className?: string | undefined;
  children: ReactNode;
}

function Labelled({ id, label, hint, error, isOptional, className, children }: LabelledProps) {
  return (
    <div className={classes('min-w-0', className)}>
      <label htmlFor={id} className="mb-1 block text-sm font-semibold">
        {label}
        {isOptional && <span className="font-normal text-soft"> (optional)</span>}
      </label>
      {children}
      {hint && !error && (
        <p id={`${id}-hint`} className="mt-1 text-sm text-soft">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="mt-1 text-sm font-medium text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

function described(id: string, { hint, error }: FieldProps): string | undefined {
  if (error) return `${id}-error`;
  return hint ? `${id}-hint` : undefined;
}

type InputProps = FieldProps & InputHTMLAttributes<HTMLInputElement>;

export function Input({ label, hint, error, isOptional = false, className, ...rest }: InputProps) {
  const generated = useId();
  const id = rest.id ?? generated;
  return (
    <Labelled {...{ id, label, hint, error, isOptional, className }}>
      <input
        {...rest}
        id={id}
        required={!isOptional}
        aria-invalid={error ? true : undefined}
        aria-describedby={described(id, { label, hint, ...(error && { error }) })}
        className={classes(control, error ? 'border-danger' : 'border-line-strong')}
      />
    </Labelled>
  );
}

type SelectProps = FieldProps & SelectHTMLAttributes<HTMLSelectElement>;

export function Select({
  label,
  hint,
  error,
  isOptional = false,
  className,
  ...rest
}: SelectProps) {
  const generated = useId();
  const id = rest.id ?? generated;
  return (
    <Labelled {...{ id, label, hint, error, isOptional, className }}>
      <select
        {...rest}
        id={id}
        required={!isOptional}
        aria-invalid={error ? true : undefined}
        aria-describedby={described(id, { label, hint, ...(error && { error }) })}
        className={classes(control, error ? 'border-danger' : 'border-line-strong')}
      />
    </Labelled>
  );
}
