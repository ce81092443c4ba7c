/**
 * Run the CUDA driver without a GPU: a {@code libcuda.so.1} of our own, in {@code src/test/cpp}, whose device interprets PTX and checks
 * what a real one would leave undefined. Test code: the product never looks for it, and its device says "emulator" in its name.
 */
@NullMarked
package pie.cuda.emulator;

import org.jspecify.annotations.NullMarked;
