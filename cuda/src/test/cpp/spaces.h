// Where generic addresses of shared and local memory lie; everything else is global.
#pragma once
#include <cstdint>

namespace emulator {

constexpr uint64_t SHARED_WINDOW = 0x7000'0000'0000'0000ull, LOCAL_WINDOW = 0x7100'0000'0000'0000ull;

}  // namespace emulator
