// Results of .approx instructions: right up to an error that the ISA permits.
#pragma once

namespace emulator {

class Builder;
void decodeApproximateDivision(Builder& b);

}  // namespace emulator
