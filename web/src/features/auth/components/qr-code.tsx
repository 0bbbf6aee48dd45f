import qrcode from 'qrcode-generator';

// The margin that the standard asks for, in modules.
const quiet = 4;

/** A QR code as one path, dark on light in either theme, since cameras expect that. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const path = Array.from({ length: count * count }, (_, at) => [
    Math.floor(at / count),
    at % count,
  ])
    .filter(([row = 0, column = 0]) => code.isDark(row, column))
    .map(([row = 0, column = 0]) => `M${column + quiet} ${row + quiet}h1v1h-1z`)
    .join('');
  const size = count + 2 * quiet;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="size-56 max-w-full rounded-control"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
