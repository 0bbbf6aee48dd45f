// Who may call what: the expectation, beside which the protos' options are held by access_matrix.test.mjs. A new
// RPC needs a line here, and a changed rule a changed one: access first, then the certificates.

/** @type {Record<string, string>} RPC: "ACCESS caller caller" */
const byService = {
  'cart.v1.CartService': `
    GetCart USER gateway order
    AddItem USER gateway
    UpdateItem USER gateway
    RemoveItem USER gateway
    ClearCart USER gateway
    MergeCart USER gateway
    RemoveOrderedItems INTERNAL order`,
  'catalog.v1.CatalogService': `
    ListProducts PUBLIC gateway
    GetProduct PUBLIC gateway
    ListCategories PUBLIC gateway
    GetChangeCursor INTERNAL gateway
    BatchGetProducts INTERNAL cart
    ReserveStock INTERNAL order
    BatchCommitStock INTERNAL order
    ReleaseStock INTERNAL order
    ReturnStock INTERNAL order
    GetReservation INTERNAL order`,
  'catalog.v1.CatalogAdminService': `
    ListProductRecords ADMIN gateway
    GetProductRecord ADMIN gateway
    CreateProduct ADMIN gateway
    UpdateProduct ADMIN gateway
    ArchiveProduct ADMIN gateway
    UnarchiveProduct ADMIN gateway
    AdjustStock ADMIN gateway`,
  'catalog.v1.VisitService': 'ReportVisit PUBLIC gateway',
  'identity.v1.IdentityService': `
    Register PUBLIC gateway
    Login PUBLIC gateway
    Refresh PUBLIC gateway
    Logout PUBLIC gateway
    GetCurrentUser USER gateway
    ListSessions USER gateway
    RevokeSession USER gateway
    RevokeOtherSessions USER gateway
    ChangePassword USER gateway
    GetJwks PUBLIC gateway
    ListRevokedSessions INTERNAL gateway
    ListSigningKeys INTERNAL operator
    RotateSigningKey INTERNAL operator
    GetOpenidConfiguration PUBLIC gateway`,
  'identity.v1.IdentityAdminService': `
    ListUserRecords ADMIN gateway
    RevokeUserSessions ADMIN gateway`,
  'identity.v1.SecondFactorService': `
    LoginSecondFactor PUBLIC gateway
    GetSecondFactor USER gateway
    BeginSecondFactor USER gateway
    ConfirmSecondFactor USER gateway
    DisableSecondFactor USER gateway
    RegenerateRecoveryCodes USER gateway`,
  'identity.v1.ExternalAccountService': `
    CheckExternalToken INTERNAL gateway
    ListIdentityProviders PUBLIC gateway
    StartExternalLogin PUBLIC gateway
    FinishExternalLogin PUBLIC gateway`,
  'identity.v1.AuthorizationService': `
    PrepareAuthorization PUBLIC gateway
    Authorize USER gateway
    ExchangeCode PUBLIC gateway
    GetUserinfo PUBLIC gateway
    AddClient INTERNAL operator
    ListClients INTERNAL operator
    RemoveClient INTERNAL operator`,
  'order.v1.OrderService': `
    Checkout USER gateway
    ListOrders USER gateway
    GetOrder USER gateway
    CancelOrder USER gateway
    ResolveOrder INTERNAL wallet catalog
    WatchOrder USER gateway`,
  'order.v1.SagaService': `
    ListSagas ADMIN gateway operator
    GetSaga ADMIN gateway operator
    RetrySaga ADMIN gateway operator
    ForceAbortSaga ADMIN gateway operator
    ResolveSaga ADMIN gateway operator`,
  'order.v1.OrderAdminService': `
    ListOrderRecords ADMIN gateway
    GetOrderRecord ADMIN gateway
    RefundOrder ADMIN gateway`,
  'wallet.v1.WalletService': `
    GetWallet USER gateway
    Deposit USER gateway
    ReserveHold INTERNAL order
    CaptureHold INTERNAL order
    BatchCaptureHolds INTERNAL order
    ReleaseHold INTERNAL order
    RefundHold INTERNAL order
    GetHold INTERNAL order`,
};

/** @typedef {{service: string, process: string, name: string, access: string, callers: string[]}} Rpc */

/** @type {Rpc[]} */
export const rpcs = Object.entries(byService).flatMap(([service, lines]) => lines.trim().split('\n').map((line) => {
  const [name, access, ...callers] = line.trim().split(' ');
  return { service: `cartwright.${service}`, process: service.split('.')[0], name, access, callers };
}));
