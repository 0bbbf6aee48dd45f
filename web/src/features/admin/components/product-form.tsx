import { useEffect, useState, type ReactNode, type SubmitEvent } from 'react';

import { pictureSize, type PictureSize } from '../picture';
import { checkFields, type FieldErrors, type ProductFields } from '../product-fields';
import { PictureChooser } from './picture-chooser';
import { Button } from '@/components/ui/button';
import { Input, Select, TextArea } from '@/components/ui/input';
import { ErrorNotice } from '@/components/ui/notice';
import { ProductImage } from '@/components/ui/product-image';
import type { ApiError } from '@/lib/api-error';
import { focusFirstInvalid } from '@/lib/focus';
import type { Category } from '@/types/api';

interface ProductFormProps {
  fields: ProductFields;
  onChange: (fields: ProductFields) => void;
  categories: readonly Category[];
  currencyCode: string;
  submitLabel: string;
  /** Called with fields that can be sent. */
  onSubmit: () => void;
  isBusy: boolean;
  error: ApiError | undefined;
  /** More fields at the end. */
  children?: ReactNode;
}

/** What is said of a product; it is checked here, and again by the shop. */
export function ProductForm(props: ProductFormProps) {
  const { fields, onChange, categories, currencyCode, onSubmit, error } = props;
  const [errors, setErrors] = useState<FieldErrors>({});
  const field = (name: keyof ProductFields) => ({
    value: fields[name],
    error: errors[name],
    onChange: (event: { target: { value: string } }) => {
      onChange({ ...fields, [name]: event.target.value });
    },
  });
  const submit = async (form: HTMLFormElement) => {
    const found = await findErrors(fields, currencyCode);
    setErrors(found);
    if (Object.keys(found).length === 0) onSubmit();
    else focusFirstInvalid(form);
  };
  return (
    <form
      noValidate
      onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
      className="space-y-4"
    >
      <Input label="Name" maxLength={200} {...field('name')} />
      <TextArea
        label="Description"
        isOptional
        rows={5}
        maxLength={4000}
        {...field('description')}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Select label="Category" {...field('category')}>
          <option value="">Choose…</option>
          {categories.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        <Input label={`Price in ${currencyCode}`} inputMode="decimal" {...field('price')} />
      </div>
      <PictureField
        value={fields.imageUrl}
        onChoose={(imageUrl) => {
          onChange({ ...fields, imageUrl });
        }}
      >
        <Input
          label="Picture"
          hint="One of those that there are, or the path of another one on this site."
          maxLength={1000}
          {...field('imageUrl')}
        />
      </PictureField>
      {props.children}
      {error && <ErrorNotice error={error} />}
      <Button type="submit" isBusy={props.isBusy}>
        {props.submitLabel}
      </Button>
    </form>
  );
}

interface PictureFieldProps {
  value: string;
  onChoose: (path: string) => void;
  /** Where a path is typed. */
  children: ReactNode;
}

/** A path, or the choice of one, beside what it shows. */
function PictureField({ value, onChoose, children }: PictureFieldProps) {
  return (
    <div className="flex items-start gap-4">
      <div className="min-w-0 flex-1 space-y-3">
        {children}
        <PictureChooser value={value} onChoose={onChoose} />
      </div>
      <div className="w-28 shrink-0">
        <ProductImage
          src={value.startsWith('/media/') ? value : ''}
          alt=""
          className="rounded-control"
        />
        <PictureFacts src={value} />
      </div>
    </div>
  );
}

/** What the fields alone tell, and whether there is such a picture. */
async function findErrors(fields: ProductFields, currencyCode: string): Promise<FieldErrors> {
  const found = checkFields(fields, currencyCode);
  if (found.imageUrl || (await pictureSize(fields.imageUrl))) return found;
  return { ...found, imageUrl: 'There is no picture at this path.' };
}

/** How large the picture is, when there is one. */
function PictureFacts({ src }: { src: string }) {
  const [size, setSize] = useState<PictureSize>();
  useEffect(() => {
    let isLatest = true;
    setSize(undefined);
    if (!src.startsWith('/media/')) return;
    void pictureSize(src).then((found) => {
      if (isLatest) setSize(found);
    });
    return () => {
      isLatest = false;
    };
  }, [src]);
  return (
    size && (
      <p className="mt-1 text-center text-sm text-soft">
        {size.width} × {size.height}
      </p>
    )
  );
}
