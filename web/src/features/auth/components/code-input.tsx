import { Input } from '@/components/ui/input';

interface CodeInputProps {
  value: string;
  error?: string | undefined;
  /** Only a code of the app will do. */
  isAppOnly?: boolean;
  onChange: (code: string) => void;
}

/** Asks for a code of the second factor. */
export function CodeInput({ value, error, isAppOnly = false, onChange }: CodeInputProps) {
  return (
    <Input
      label={isAppOnly ? 'Code from your app' : 'Code'}
      hint={
        isAppOnly
          ? 'Six digits.'
          : 'Six digits from your app, which it changes every 30 seconds; or a recovery code.'
      }
      inputMode={isAppOnly ? 'numeric' : 'text'}
      autoComplete="one-time-code"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={64}
      value={value}
      error={error}
      onChange={(event) => {
        onChange(event.target.value);
      }}
    />
  );
}
