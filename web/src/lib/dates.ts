const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });

/** A timestamp of the API, as people write date and time. */
export function formatDateTime(timestamp: string | undefined): string {
  return timestamp ? dateTime.format(new Date(timestamp)) : '–';
}

export function formatDate(timestamp: string | undefined): string {
  return timestamp ? date.format(new Date(timestamp)) : '–';
}
