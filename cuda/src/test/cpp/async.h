#pragma once

namespace emulator {

struct Warp;
void landAll(Warp& w);  // what a warp that ends never waited for

}  // namespace emulator
