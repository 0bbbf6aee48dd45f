export interface PictureSize {
  width: number;
  height: number;
}

/** How large the picture at a path of this site is; undefined when there is none to be shown. */
export function pictureSize(src: string): Promise<PictureSize | undefined> {
  return new Promise((resolve) => {
    const image = new Image();
    image.onload = () => {
      resolve({ width: image.naturalWidth, height: image.naturalHeight });
    };
    image.onerror = () => {
      resolve(undefined);
    };
    image.src = src;
  });
}
