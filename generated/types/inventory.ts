// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 存量 Inventory */
export interface Inventory {
  /** 危险化学品 Substance */
  good: "ammonia" | "chlorine" | "hydrogen_sulphide" | "hydrogen_fluoride" | "hydrogen_chloride" | "sulphur_dioxide" | "nitrogen_dioxide" | "hydrogen_cyanide" | "phosgene" | "phosphine" | "methyl_isocyanate" | "ethylene_oxide" | "methyl_bromide" | "coal_gas" | "hydrogen" | "acetylene" | "methane" | "lpg" | "ethylene" | "vinyl_chloride" | "butadiene" | "dimethyl_ether" | "methylamine" | "oxygen" | "benzene" | "toluene" | "styrene" | "methanol" | "ethanol" | "acetone" | "petrol" | "ethyl_acetate" | "cyclohexane" | "hexane" | "ether" | "propylene_oxide" | "carbon_disulphide" | "acrylonitrile" | "tdi" | "epichlorohydrin" | "ammonium_nitrate_high" | "ammonium_nitrate_low" | "ammonium_nitrate_fertiliser" | "tnt" | "nitroglycerine" | "white_phosphorus" | "potassium_chlorate" | "sodium_chlorate" | "sodium_peroxide" | "calcium_carbide" | "triethylaluminium" | "potassium" | "sodium" | "bromine" | "diesel" | "J1" | "J2" | "J3" | "J4" | "J5" | "W1.1" | "W1.2" | "W1.3" | "W2" | "W3" | "W4" | "W5.1" | "W5.2" | "W5.3" | "W5.4" | "W6.1" | "W6.2" | "W7.1" | "W7.2" | "W8" | "W9.1" | "W9.2" | "W10" | "W11" | null
  /** 设计最大量 Quantity */
  tonnes: string | null
  /** 品名 Product */
  product: string | null
  /** 校正系数 β β */
  beta: string | null
  /** 改用 β 的理由 Why another β */
  beta_reason: string | null
}
