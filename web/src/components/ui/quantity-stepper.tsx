import { MinusIcon, PlusIcon } from './icons';

interface QuantityStepperProps {
  /** What there is a number of, for screen readers. */
  label: string;
  value: number;
  onChange: (value: number) => void;
  min?: number;
  max?: number;
}

const step =
  'flex size-11 items-center justify-center text-ink hover:text-accent disabled:opacity-35';

export function QuantityStepper(props: QuantityStepperProps) {
  const { label, value, onChange, min = 1, max = 99 } = props;
  return (
    <div
      role="group"
      aria-label={`Quantity of ${label}`}
      className="inline-flex items-center rounded-control border border-line-strong bg-surface"
    >
      <button
        type="button"
        className={step}
        disabled={value <= min}
        onClick={() => {
          onChange(value - 1);
        }}
      >
        <MinusIcon className="size-4" />
        <span className="sr-only">One less</span>
      </button>
      <span className="min-w-8 text-center font-semibold tabular-nums">
        <span className="sr-only">Quantity </span>
        {value}
      </span>
      <button
        type="button"
        className={step}
        disabled={value >= max}
        onClick={() => {
          onChange(value + 1);
        }}
      >
        <PlusIcon className="size-4" />
        <span className="sr-only">One more</span>
      </button>
    </div>
  );
}
