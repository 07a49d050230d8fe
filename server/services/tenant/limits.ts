/** Tenants on one board; a cloud of this product's size has far fewer. */
export const BOARD_LIMIT = 2000;
/** Findings and values shown with a tenant. */
export const DETAIL_LIMIT = 500;
