#include "demo/picture.h"

#include <stdint.h>
#include <string.h>

enum { WIDE = 240, HIGH = 180, ROW = 1 + WIDE / 2 };

enum ink { WALL, FLOOR, DARK, METAL, LIGHT, RED, GREEN, YELLOW, BLUE, WOOD, WATER, EARTH, WHITE, SHADE, ORANGE, BLACK };
static const unsigned char palette[16][3] = {
    [WALL] = { 214, 217, 214 },  [FLOOR] = { 150, 152, 150 }, [DARK] = { 74, 80, 86 },     [METAL] = { 126, 136, 144 },
    [LIGHT] = { 190, 198, 204 }, [RED] = { 190, 48, 40 },     [GREEN] = { 44, 132, 84 },   [YELLOW] = { 226, 180, 52 },
    [BLUE] = { 52, 96, 150 },    [WOOD] = { 168, 128, 84 },   [WATER] = { 92, 140, 158 },  [EARTH] = { 156, 132, 104 },
    [WHITE] = { 244, 245, 243 }, [SHADE] = { 178, 181, 178 }, [ORANGE] = { 214, 112, 44 }, [BLACK] = { 34, 36, 38 },
};

struct canvas {
    unsigned char ink[HIGH][WIDE];
};

static void box(struct canvas *c, int x, int y, int w, int h, enum ink ink)
{
    for (int row = y < 0 ? 0 : y; row < y + h && row < HIGH; row++)
        for (int at = x < 0 ? 0 : x; at < x + w && at < WIDE; at++)
            c->ink[row][at] = (unsigned char)ink;
}

static void disc(struct canvas *c, int x, int y, int r, enum ink ink)
{
    for (int row = y - r; row <= y + r; row++)
        for (int at = x - r; at <= x + r; at++)
            if (row >= 0 && row < HIGH && at >= 0 && at < WIDE && (row - y) * (row - y) + (at - x) * (at - x) <= r * r)
                c->ink[row][at] = (unsigned char)ink;
}

static void ring(struct canvas *c, int x, int y, int r, int thick, enum ink ink)
{
    for (int row = y - r; row <= y + r; row++)
        for (int at = x - r; at <= x + r; at++) {
            int far = (row - y) * (row - y) + (at - x) * (at - x);
            if (row >= 0 && row < HIGH && at >= 0 && at < WIDE && far <= r * r && far >= (r - thick) * (r - thick))
                c->ink[row][at] = (unsigned char)ink;
        }
}

static void line(struct canvas *c, int x, int y, int to_x, int to_y, int thick, enum ink ink)
{
    int steps = 240;
    for (int i = 0; i <= steps; i++)
        box(c, x + (to_x - x) * i / steps, y + (to_y - y) * i / steps, thick, thick, ink);
}

static void room(struct canvas *c, enum ink wall, enum ink floor)
{
    box(c, 0, 0, WIDE, HIGH, wall);
    box(c, 0, 128, WIDE, 52, floor);
    box(c, 0, 126, WIDE, 2, SHADE);
    for (int x = 20; x < WIDE; x += 55)
        line(c, x, 130, x - 18, HIGH, 1, SHADE);
}

static void carton(struct canvas *c, int x, int y, int side)
{
    box(c, x, y, side, side, WOOD);
    box(c, x, y + side / 3, side, 2, EARTH);
    box(c, x + side / 2, y, 2, side / 3, EARTH);
}

static void extinguisher(struct canvas *c, bool fixed)
{
    for (int i = 0; i < 2; i++) {
        int x = 78 + 56 * i;
        box(c, x, 66, 30, 72, RED);
        disc(c, x + 15, 66, 15, RED);
        box(c, x + 10, 42, 10, 12, BLACK);
        line(c, x + 20, 48, x + 34, 84, 3, BLACK);
        box(c, x + 5, 90, 20, 24, WHITE);
        disc(c, x + 8, 58, 4, fixed ? GREEN : ORANGE);
    }
    box(c, 60, 138, 120, 6, DARK);
}

static void cabinet(struct canvas *c, bool fixed)
{
    box(c, 70, 30, 92, 104, METAL);
    box(c, 76, 36, 80, 92, fixed ? LIGHT : DARK);
    for (int i = 0; i < 4 && !fixed; i++) {
        box(c, 84 + 17 * i, 48, 11, 26, LIGHT);
        line(c, 88 + 17 * i, 76, 96 + 12 * i, 124, 2, i % 2 ? RED : YELLOW);
    }
    if (fixed) {
        for (int i = 0; i < 18; i++)
            box(c, 116 - i, 60 + 2 * i, 2 * i + 1, 2, YELLOW);
        box(c, 115, 72, 4, 14, BLACK);
        box(c, 148, 80, 4, 12, BLACK);
    }
}

static void way_out(struct canvas *c, bool fixed)
{
    box(c, 92, 44, 62, 92, SHADE);
    box(c, 96, 48, 26, 88, WHITE);
    box(c, 124, 48, 26, 88, WHITE);
    box(c, 94, 22, 58, 16, GREEN);
    box(c, 100, 27, 20, 6, WHITE);
    for (int i = 0; i < 4 && !fixed; i++)
        carton(c, 74 + 26 * i, 112 - 20 * (i % 2), 26);
}

static void tank(struct canvas *c, bool fixed)
{
    box(c, 0, 0, WIDE, 110, WATER);
    box(c, 60, 40, 70, 92, LIGHT);
    box(c, 120, 40, 10, 92, SHADE);
    box(c, 56, 36, 78, 6, METAL);
    box(c, 150, 60, 50, 72, LIGHT);
    box(c, 40, 132, 180, 8, DARK);
    line(c, 130, 110, 150, 110, 5, METAL);
    disc(c, 140, 112, 6, fixed ? BLUE : RED);
}

static void pipes(struct canvas *c, bool fixed)
{
    box(c, 0, 60, WIDE, 14, METAL);
    box(c, 0, 96, WIDE, 10, YELLOW);
    box(c, 104, 52, 8, 30, DARK);
    box(c, 116, 52, 8, 30, DARK);
    ring(c, 114, 40, 12, 4, RED);
    line(c, 114, 40, 114, 60, 3, DARK);
    for (int i = 0; i < 5 && !fixed; i++)
        disc(c, 112 + i % 2 * 4, 88 + 12 * i, 3, WATER);
}

static void machine(struct canvas *c, bool fixed)
{
    box(c, 50, 70, 130, 64, BLUE);
    box(c, 60, 52, 40, 20, METAL);
    ring(c, 132, 92, 26, 5, LIGHT);
    ring(c, 82, 100, 14, 4, LIGHT);
    line(c, 82, 86, 130, 66, 2, BLACK);
    line(c, 82, 114, 130, 118, 2, BLACK);
    if (fixed) {
        box(c, 66, 62, 96, 62, YELLOW);
        for (int x = 70; x < 160; x += 8)
            box(c, x, 66, 4, 54, ORANGE);
    }
}

static void pond(struct canvas *c, bool fixed)
{
    box(c, 0, 0, WIDE, 70, WATER);
    box(c, 0, 70, WIDE, 110, EARTH);
    box(c, 50, 96, 150, 60, DARK);
    box(c, 56, 102, 138, 50, WATER);
    for (int x = 52; fixed && x < 200; x += 20)
        box(c, x, 76, 4, 24, YELLOW);
    if (fixed) {
        box(c, 50, 76, 152, 4, YELLOW);
        box(c, 50, 86, 152, 3, YELLOW);
    }
}

static void vehicle(struct canvas *c, bool fixed)
{
    box(c, 0, 0, WIDE, 96, WATER);
    box(c, 40, 66, 150, 62, fixed ? WHITE : LIGHT);
    for (int i = 0; i < 5; i++)
        box(c, 50 + 28 * i, 74, 22, 20, DARK);
    box(c, 40, 104, 150, 6, BLUE);
    for (int i = 0; i < 2; i++) {
        disc(c, 74 + 84 * i, 130, 14, BLACK);
        disc(c, 74 + 84 * i, 130, fixed ? 6 : 9, LIGHT);
    }
}

static void scaffold(struct canvas *c, bool fixed)
{
    box(c, 0, 0, WIDE, 128, WATER);
    box(c, 30, 24, 180, 116, SHADE);
    for (int y = 36; y < 140; y += 34)
        box(c, 30, y, 180, 4, WOOD);
    for (int x = 30; x <= 210; x += 36)
        box(c, x, 18, 4, 122, METAL);
    for (int y = 26; y < 120; y += 34)
        box(c, 30, y, fixed ? 180 : 110, 2, ORANGE);
}

static void cylinders(struct canvas *c, bool fixed)
{
    for (int i = 0; i < 3; i++) {
        int x = fixed ? 50 + 52 * i : 76 + 30 * i;
        box(c, x, 58, 24, 80, i == 1 ? WHITE : BLUE);
        disc(c, x + 12, 58, 12, i == 1 ? WHITE : BLUE);
        box(c, x + 8, 36, 8, 12, DARK);
    }
    if (fixed)
        box(c, 40, 88, 150, 4, BLACK);
}

static void gauge(struct canvas *c, bool fixed)
{
    disc(c, 118, 82, 54, DARK);
    disc(c, 118, 82, 48, WHITE);
    for (int i = 0; i < 5; i++)
        box(c, 80 + 18 * i, 50 + (i - 2) * (i - 2) * 5, 4, 8, BLACK);
    line(c, 118, 82, fixed ? 108 : 152, fixed ? 48 : 66, 3, fixed ? BLACK : RED);
    disc(c, 118, 82, 6, BLACK);
    box(c, 112, 136, 12, 30, METAL);
    if (fixed)
        box(c, 100, 100, 36, 12, GREEN);
}

static void store(struct canvas *c, bool fixed)
{
    for (int level = 0; level < 3; level++)
        for (int i = 0; i < 7; i++)
            if (level < 2 || !fixed)
                carton(c, 12 + 31 * i + (fixed ? 0 : 3 * level), 110 - 28 * level, 27);
    if (fixed)
        box(c, 8, 146, 222, 4, YELLOW);
}

static void paper(struct canvas *c, bool fixed)
{
    box(c, 0, 0, WIDE, HIGH, WOOD);
    box(c, 58, 16, 124, 152, WHITE);
    for (int y = 44; y < 150; y += 14)
        box(c, 70, y, y > 100 && !fixed ? 18 : 98, 2, DARK);
    box(c, 86, 26, 66, 6, BLACK);
    box(c, 70, 40, 1, 112, DARK);
    box(c, 110, 40, 1, 112, DARK);
    if (fixed)
        ring(c, 150, 138, 16, 3, RED);
}

static void slope(struct canvas *c, bool fixed)
{
    box(c, 0, 0, WIDE, HIGH, WATER);
    for (int i = 0; i < 4; i++)
        box(c, 40 * i, 50 + 30 * i, WIDE, 140, i % 2 ? EARTH : WOOD);
    for (int i = 0; i < 6 && !fixed; i++)
        disc(c, 70 + 26 * i, 60 + 19 * i, 8 - i % 3, DARK);
    if (fixed)
        for (int x = 20; x < 230; x += 24)
            box(c, x, 34, 4, 20, ORANGE);
}

static const struct {
    void (*draw)(struct canvas *c, bool fixed);
    const char *words[8];
} scenes[PICTURE_SCENES] = {
    { paper, { "台账", "记录", "档案", "协议", "证", "演练", "方案", "制度" } },
    { extinguisher, { "灭火器", "消火栓", "消防站", "喷淋" } },
    { way_out, { "出口", "通道", "疏散", "防火门", "楼道", "楼梯" } },
    { cylinders, { "气瓶", "氧气", "乙炔" } },
    { gauge, { "压力表", "液位", "安全阀", "报警", "仪", "探头" } },
    { cabinet, { "配电", "线", "插", "照明", "接地", "电源", "充电" } },
    { tank, { "罐", "氨", "危险化学品" } },
    { scaffold, { "脚手", "临边", "塔吊", "高处", "吊笼", "作业面" } },
    { vehicle, { "车" } },
    { pipes, { "管", "法兰", "阀" } },
    { pond, { "池", "井", "水", "渗" } },
    { slope, { "边坡", "采场", "坝", "裂缝", "矿", "浮石", "护栏" } },
    { store, { "堆", "库", "杂物", "存放" } },
    { machine, { "" } },
};

int picture_scene(const char *finding)
{
    for (int i = 0; i < PICTURE_SCENES; i++)
        for (int k = 0; k < 8 && scenes[i].words[k]; k++)
            if (strstr(finding, scenes[i].words[k]))
                return i;
    return PICTURE_SCENES - 1;
}

/* ---- PNG: indexed colours, four bits each, not compressed ---- */

struct bytes {
    unsigned char *at;
    size_t used;
};

static void put(struct bytes *b, const void *data, size_t size)
{
    memcpy(b->at + b->used, data, size);
    b->used += size;
}

static void put_32(struct bytes *b, uint32_t n)
{
    put(b,
        (unsigned char[]){ (unsigned char)(n >> 24), (unsigned char)(n >> 16), (unsigned char)(n >> 8),
                           (unsigned char)n },
        4);
}

static uint32_t crc_of(const unsigned char *data, size_t size)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int k = 0; k < 8; k++)
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
    }
    return ~crc;
}

static uint32_t adler_of(const unsigned char *data, size_t size)
{
    uint32_t a = 1, b = 0;
    for (size_t i = 0; i < size; i++) {
        a = (a + data[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

static void put_chunk(struct bytes *b, const char *name, const unsigned char *data, size_t size)
{
    put_32(b, (uint32_t)size);
    size_t from = b->used;
    put(b, name, 4);
    if (size)
        put(b, data, size);
    put_32(b, crc_of(b->at + from, b->used - from));
}

const unsigned char *picture_draw(struct arena *arena, int scene, bool fixed, size_t *size)
{
    struct canvas *c = ARENA_NEW(arena, struct canvas);
    enum { RAW = ROW * HIGH };
    struct bytes raw = { ARENA_ARRAY(arena, unsigned char, RAW), 0 };
    struct bytes packed = { ARENA_ARRAY(arena, unsigned char, RAW + 16), 0 };
    struct bytes out = { ARENA_ARRAY(arena, unsigned char, RAW + 256), 0 };
    room(c, WALL, FLOOR);
    scenes[scene].draw(c, fixed);
    for (int y = 0; y < HIGH; y++) {
        raw.at[raw.used++] = 0;
        for (int x = 0; x < WIDE; x += 2)
            raw.at[raw.used++] = (unsigned char)(c->ink[y][x] << 4 | c->ink[y][x + 1]);
    }
    put(&packed, "\x78\x01\x01", 3);
    put(&packed, (unsigned char[]){ RAW & 0xFF, RAW >> 8, ~RAW & 0xFF, ~RAW >> 8 & 0xFF }, 4);
    put(&packed, raw.at, raw.used);
    put_32(&packed, adler_of(raw.at, raw.used));
    put(&out, "\x89PNG\r\n\x1a\n", 8);
    put_chunk(&out, "IHDR", (unsigned char[]){ 0, 0, 0, WIDE, 0, 0, 0, HIGH, 4, 3, 0, 0, 0 }, 13);
    put_chunk(&out, "PLTE", palette[0], sizeof palette);
    put_chunk(&out, "IDAT", packed.at, packed.used);
    put_chunk(&out, "IEND", NULL, 0);
    *size = out.used;
    return out.at;
}
