import { countries } from '../countries';
import { maxLengths, type AddressErrors, type AddressFields } from '../address';
import { Input, Select } from '@/components/ui/input';

interface AddressFormProps {
  fields: AddressFields;
  errors: AddressErrors;
  onChange: (fields: AddressFields) => void;
}

/** The fields of an address, in the names that browsers fill in by themselves. */
export function AddressForm({ fields, errors, onChange }: AddressFormProps) {
  const field = (name: keyof AddressFields, autoComplete: string) => ({
    name,
    autoComplete: `shipping ${autoComplete}`,
    value: fields[name],
    error: errors[name],
    onChange: (event: { target: { value: string } }) => {
      onChange({ ...fields, [name]: event.target.value });
    },
  });
  return (
    <fieldset className="grid min-w-0 grid-cols-1 gap-5 sm:grid-cols-6">
      <legend className="mb-4 font-display text-xl">Delivery address</legend>
      <Input
        label="Full name"
        className="sm:col-span-6"
        maxLength={maxLengths.fullName}
        {...field('fullName', 'name')}
      />
      <Input
        label="Street and number"
        className="sm:col-span-6"
        maxLength={maxLengths.line1}
        {...field('line1', 'address-line1')}
      />
      <Input
        label="Flat, floor or company"
        isOptional
        className="sm:col-span-6"
        maxLength={maxLengths.line2}
        {...field('line2', 'address-line2')}
      />
      <Input
        label="Postal code"
        className="sm:col-span-2"
        maxLength={maxLengths.postalCode}
        {...field('postalCode', 'postal-code')}
      />
      <Input
        label="Town"
        className="sm:col-span-4"
        maxLength={maxLengths.city}
        {...field('city', 'address-level2')}
      />
      <Input
        label="Region"
        isOptional
        className="sm:col-span-3"
        maxLength={maxLengths.region}
        {...field('region', 'address-level1')}
      />
      <Select label="Country" className="sm:col-span-3" {...field('countryCode', 'country')}>
        <option value="">Please choose</option>
        {countries().map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </Select>
    </fieldset>
  );
}
