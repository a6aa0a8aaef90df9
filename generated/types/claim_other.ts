// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 同时结束的责任关系 Ends with it */
export interface ClaimOther {
  /** 责任关系 Assignment */
  assignment: { id: number; name: string | null } | null
}
