// What the files of the driver API share.
#pragma once
#include "runtime.h"

namespace emulator {

using DevicePointer = unsigned long long;

}  // namespace emulator
