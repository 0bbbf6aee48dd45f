import {
  useId,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from 'react';

import { classes } from './classes';

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  /** Shown as "(optional)"; everything else is required. */
  isOptional?: boolean;
  id?: string | undefined;
  /** Of the whole field. */
  className?: string | undefined;
}

/** What a control has of the field around it. */
interface ControlProps {
  id: string;
  required: boolean;
  'aria-invalid': true | undefined;
  'aria-describedby': string | undefined;
  className: string;
}

interface LabelledProps extends FieldProps {
  children: (control: ControlProps) => ReactNode;
}

/** A control with its label, and with what is to be said about it. */
function Labelled({ label, hint, error, isOptional = false, children, ...rest }: LabelledProps) {
  const generated = useId();
  const id = rest.id ?? generated;
  const noteId = error ? `${id}-error` : `${id}-hint`;
  return (
    <div className={classes('min-w-0', rest.className)}>
      <label htmlFor={id} className="mb-1 block text-sm font-semibold">
        {label}
        {isOptional && <span className="font-normal text-soft"> (optional)</span>}
      </label>
      {children({
        id,
        required: !isOptional,
        'aria-invalid': error ? true : undefined,
        'aria-describedby': error || hint ? noteId : undefined,
        className: classes(
          'w-full min-h-11 rounded-control border bg-surface px-3 py-2 text-ink placeholder:text-soft',
          error ? 'border-danger' : 'border-line-strong',
        ),
      })}
      {(error || hint) && (
        <p
          id={noteId}
          className={classes('mt-1 text-sm', error ? 'font-medium text-danger' : 'text-soft')}
        >
          {error || hint}
        </p>
      )}
    </div>
  );
}

/** The field's part of the props of a control, and the control's own. */
function split<P extends FieldProps>({
  label,
  hint,
  error,
  isOptional,
  id,
  className,
  ...rest
}: P) {
  const field = { label, hint, error, id, className };
  return { field: isOptional === undefined ? field : { ...field, isOptional }, rest };
}

export function Input(props: FieldProps & InputHTMLAttributes<HTMLInputElement>) {
  const { field, rest } = split(props);
  return <Labelled {...field}>{(control) => <input {...rest} {...control} />}</Labelled>;
}

export function Select(props: FieldProps & SelectHTMLAttributes<HTMLSelectElement>) {
  const { field, rest } = split(props);
  return <Labelled {...field}>{(control) => <select {...rest} {...control} />}</Labelled>;
}

export function TextArea(props: FieldProps & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const { field, rest } = split(props);
  return <Labelled {...field}>{(control) => <textarea {...rest} {...control} />}</Labelled>;
}
