#pragma once

// FROM items that say to the audit log, in the same statement, who called and from where: SQL
// expressions of a text each, the second one empty when nobody knows. What the statement does must
// come from its select list, or behind OFFSET 0, so after it.
#define CW_FOR(actor, address)                  \
  " FROM set_config('cartwright.actor', " actor \
  ", true) called,"                             \
  " set_config('cartwright.client_address', " address ", true) called_from"
