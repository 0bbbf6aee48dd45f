/** Whether the contract has an endpoint for measurements of real visits; known when it is built. */
declare const RUM_IS_SERVED: boolean;
