import {
  createContext,
  useCallback,
  useContext,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from 'react';

import { Notice } from './notice';
import { CloseIcon } from './icons';

export interface Toast {
  tone: 'success' | 'warning' | 'danger';
  title: string;
  text?: string;
  action?: ReactNode;
}

interface Shown extends Toast {
  id: number;
}

const ToastContext = createContext<(toast: Toast) => void>(() => undefined);

const shownForMs = 6000;
const mostAtOnce = 3;

/** Says something in passing. What went wrong stays until it is closed. */
export function useToast(): (toast: Toast) => void {
  return useContext(ToastContext);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Shown[]>([]);
  const nextId = useRef(1);
  const close = useCallback((id: number) => {
    setToasts((shown) => shown.filter((toast) => toast.id !== id));
  }, []);
  const show = useCallback(
    (toast: Toast) => {
      const id = nextId.current++;
      setToasts((shown) => [...shown, { ...toast, id }].slice(-mostAtOnce));
      if (toast.tone !== 'danger') setTimeout(close, shownForMs, id);
    },
    [close],
  );
  const value = useMemo(() => show, [show]);
  return (
    <ToastContext value={value}>
      {children}
      <Toasts toasts={toasts} onClose={close} />
    </ToastContext>
  );
}

function Toasts({ toasts, onClose }: { toasts: Shown[]; onClose: (id: number) => void }) {
  return (
    // The region is there before anything is said in it, or screen readers would miss it.
    <section
      aria-label="Messages"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-4 bottom-4 z-50 flex flex-col items-end gap-3"
    >
      {toasts.map(({ id, tone, title, text, action }) => (
        <div key={id} className="pointer-events-auto relative w-full max-w-sm animate-rise">
          <Notice tone={tone} title={title} actions={action} className="pr-12 shadow-raised">
            {text}
          </Notice>
          <button
            type="button"
            onClick={() => {
              onClose(id);
            }}
            className="absolute top-1.5 right-1.5 flex size-10 items-center justify-center rounded-full hover:bg-sunken"
          >
            <CloseIcon className="size-4" />
            <span className="sr-only">Close message: {title}</span>
          </button>
        </div>
      ))}
    </section>
  );
}
