#include "domain/hazard/coal.h"

enum coal_output coal_output_of(int64_t approved, int64_t year, int64_t month)
{
    if (year * 100 >= approved * 110)
        return COAL_YEAR_OVER;
    return month * 10 > approved ? COAL_MONTH_OVER : COAL_WITHIN;
}
