import type { ReactNode } from 'react';

// Drawn for this shop on a grid of 24. All of them are decoration: the text beside them speaks.

interface IconProps {
  className?: string;
}

function icon(shape: ReactNode) {
  return function Icon({ className = 'size-5' }: IconProps) {
    return (
      <svg
        viewBox="0 0 24 24"
        aria-hidden="true"
        className={`shrink-0 ${className}`}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        {shape}
      </svg>
    );
  };
}

export const CartIcon = icon(
  <>
    <path d="M3 5h2.5l2.2 10h9.6l2-7.5H6.1" />
    <circle cx="9.5" cy="19" r="1.4" />
    <circle cx="16" cy="19" r="1.4" />
  </>,
);
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const ChevronIcon = icon(<path d="m9 5.5 6.5 6.5L9 18.5" />);
export const CloseIcon = icon(<path d="m6 6 12 12M18 6 6 18" />);
export const FilterIcon = icon(<path d="M4 7h16M7 12h10M10 17h4" />);
export const InfoIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 11.5v5M12 7.8v.2" />
  </>,
);
export const MinusIcon = icon(<path d="M6 12h12" />);
export const MoonIcon = icon(<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5Z" />);
export const PlusIcon = icon(<path d="M6 12h12M12 6v12" />);
export const SearchIcon = icon(
  <>
    <circle cx="11" cy="11" r="6.5" />
    <path d="m16 16 4.5 4.5" />
  </>,
);
export const SunIcon = icon(
  <>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4" />
  </>,
);
export const TrashIcon = icon(
  <path d="M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.5 10.5v5.5M13.5 10.5v5.5" />,
);
export const UserIcon = icon(
  <>
    <circle cx="12" cy="8.5" r="3.5" />
    <path d="M5 20c.8-3.8 3.5-5.5 7-5.5s6.2 1.7 7 5.5" />
  </>,
);
export const WalletIcon = icon(
  <>
    <path d="M4 7.5A1.5 1.5 0 0 1 5.5 6H18v3M4 7.5V18a1.5 1.5 0 0 0 1.5 1.5H20V9H5.5A1.5 1.5 0 0 1 4 7.5Z" />
    <path d="M16 14.2h.2" />
  </>,
);
export const WarningIcon = icon(
  <>
    <path d="M12 4.5 21 19.5H3Z" />
    <path d="M12 10.5v4M12 17v.2" />
  </>,
);
