// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 经营场所 Site */
export interface Site {
  /** 场所名称 Place */
  name: string | null
  /** 用途 Use */
  used_for: string | null
  /** 地址 Address */
  address: string | null
  /** 坐标 Coordinates */
  place: { lon: string; lat: string } | null
  /** 序号 No. */
  site_no: number | null
  /** 场所代码 Key */
  site_key: string | null
}
