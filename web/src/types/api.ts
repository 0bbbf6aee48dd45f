// Short names for the generated types. What a message looks like is decided in proto/ alone.
import type { components, operations } from './api.gen';

type Schemas = components['schemas'];

export type Adjustment = Schemas['Adjustment'];
export type AuthorizationParameters = Partial<Schemas['AuthorizationParameters']>;
export type Cart = Schemas['Cart'];
export type CartItem = Schemas['CartItem'];
export type Category = Schemas['Category'];
export type CheckoutRequest = Schemas['CheckoutRequest'];
export type CreateProductRequest = Schemas['CreateProductRequest'];
export type DepositResponse = Schemas['DepositResponse'];
export type Facet = Schemas['Facet'];
export type IdentityProvider = Schemas['IdentityProvider'];
export type ListOrderRecordsResponse = Schemas['ListOrderRecordsResponse'];
export type ListOrdersResponse = Schemas['ListOrdersResponse'];
export type ListProductRecordsResponse = Schemas['ListProductRecordsResponse'];
export type ListProductsResponse = Schemas['ListProductsResponse'];
export type ListSagasResponse = Schemas['ListSagasResponse'];
export type LoginResponse = Schemas['LoginResponse'];
export type MergeCartResponse = Schemas['MergeCartResponse'];
export type Money = Schemas['Money'];
export type NewSecondFactor = Schemas['BeginSecondFactorResponse'];
export type Order = Schemas['Order'];
export type OrderRecord = Schemas['OrderRecord'];
export type OrderRecordDetail = Schemas['GetOrderRecordResponse'];
export type OrderEvent = Schemas['OrderEvent'];
export type OrderItem = Schemas['OrderItem'];
export type ParticipantView = Schemas['ParticipantView'];
export type PrepareAuthorizationResponse = Schemas['PrepareAuthorizationResponse'];
export type Problem = Schemas['Problem'];
export type Product = Schemas['Product'];
export type ProductChange = Schemas['ProductChange'];
export type ProductRecord = Schemas['ProductRecord'];
export type ProductRecordDetail = Schemas['GetProductRecordResponse'];
export type RefreshResponse = Schemas['RefreshResponse'];
export type ReportVisitRequest = Schemas['ReportVisitRequest'];
export type ResolveSagaResponse = Schemas['ResolveSagaResponse'];
export type Saga = Schemas['Saga'];
export type SagaDetail = Schemas['GetSagaResponse'];
export type SagaEvent = Schemas['SagaEvent'];
export type SecondFactor = Schemas['GetSecondFactorResponse'];
export type Session = Schemas['Session'];
export type ShippingAddress = Schemas['ShippingAddress'];
export type StockAdjustment = Schemas['StockAdjustment'];
export type Transaction = Schemas['Transaction'];
export type User = Schemas['User'];
export type UserRecord = Schemas['UserRecord'];
export type Wallet = Schemas['Wallet'];
export type WalletPage = Schemas['GetWalletResponse'];

type QueryOf<Name extends keyof operations> = NonNullable<operations[Name]['parameters']['query']>;
export type ListOrderRecordsQuery = QueryOf<'ListOrderRecords'>;
export type ListProductRecordsQuery = QueryOf<'ListProductRecords'>;
export type ListProductsQuery = QueryOf<'ListProducts'>;
export type ListSagasQuery = QueryOf<'ListSagas'>;

export type UpdateProductRequest =
  operations['UpdateProduct']['requestBody']['content']['application/json'];
